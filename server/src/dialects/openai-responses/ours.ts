import type { Passed, PayloadEvent, ResponseState, StreamPass } from '../dialect.ts'
import { JsonEdit } from '../json-edit.ts'
import { memberText } from '../json-read.ts'
import { PROVIDER_JSON, readJson, type JsonText, type JsonValue } from '../json-text.ts'
import { readProviderJson } from '../provider-json.ts'
import { SseSplitter } from '../sse.ts'

/**
 * Who keeps a conversation names it: the answer of a provider of this dialect passes as it is, but for its id, for what it
 * goes on from, and for whether it is kept.
 */

/** The id of the answer to a request. */
export function responseId(requestId: string): string {
  return `resp_${requestId.replaceAll('-', '')}`
}

/** The whole answer of a provider of this dialect. */
export function ownAnswer(bytes: Buffer, requestId: string, state: ResponseState): Buffer {
  const json = readProviderJson(bytes)
  return edited(json, json.root, members(requestId, state))
}

/** Passes a stream on, with the response in its first and last events made ours. */
export class OwnPass implements StreamPass {
  private readonly inner: StreamPass
  private readonly own: Readonly<Record<string, string>>

  constructor(inner: StreamPass, requestId: string, state: ResponseState) {
    this.inner = inner
    this.own = members(requestId, state)
  }

  pass(event: PayloadEvent): Passed {
    const passed = this.inner.pass(event)
    // Most events are pieces of text: only those that name a response are read again.
    if (!event.data.includes('"response"')) return passed
    const json = readProviderJson(event.data)
    const response = json.root.member('response')
    return response?.kind === 'object'
      ? { ...passed, bytes: eventBytes(json, edited(json, response, this.own)) }
      : passed
  }
}

/** The end of an answer as its caller gets it, and the response that stands in it. */
export type FinalResponse = {
  readonly response: JsonValue
  /** The same end, saying that the response is not kept. */
  unkept(): Buffer
}

/** Null where no whole response stands at the end. */
export function readFinal(end: Buffer, isStream: boolean): FinalResponse | null {
  if (!isStream) {
    const json = readJson(end, PROVIDER_JSON)
    return { response: json.root, unkept: () => edited(json, json.root, UNKEPT) }
  }
  const sse = new SseSplitter()
  const last = [...sse.push(end), ...sse.end()].findLast(({ data }) => data !== null)
  if (last === undefined || last.data === null) return null
  const json = readJson(last.data, PROVIDER_JSON)
  const response = json.root.member('response')
  if (response?.kind !== 'object') return null
  const before = end.subarray(0, end.length - last.raw.length)
  return { response, unkept: () => Buffer.concat([before, eventBytes(json, edited(json, response, UNKEPT))]) }
}

const UNKEPT = { store: 'false' }

function members(requestId: string, { store, previousResponseId }: ResponseState): Readonly<Record<string, string>> {
  return {
    id: JSON.stringify(responseId(requestId)),
    store: String(store),
    previous_response_id: JSON.stringify(previousResponseId),
  }
}

function edited(json: JsonText, object: JsonValue, values: Readonly<Record<string, string>>): Buffer {
  const edit = new JsonEdit(json)
  for (const [name, value] of Object.entries(values)) edit.setIn(object, name, value)
  return edit.bytes()
}

/** A payload of several lines stays one. */
function eventBytes({ root }: JsonText, payload: Buffer): Buffer {
  const data = payload.toString().replaceAll('\r', '').replaceAll('\n', '\ndata: ')
  return Buffer.from(`event: ${memberText(root, 'type')}\ndata: ${data}\n\n`)
}
