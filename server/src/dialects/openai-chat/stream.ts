import type { JsonText, JsonValue } from '../json-text.ts'
import { holdsError } from '../provider-error.ts'
import { readProviderJson } from '../provider-json.ts'
import type { SseEvent } from '../sse.ts'
import { completionUsage, hasChoices } from './completion.ts'

/** The events of a streamed answer: what each is, and what it looks like to a caller who did not ask for usage. */

export type ChatChunk = {
  readonly json: JsonText
  /** Whether the answer failed after it had begun: then nothing else is in it. */
  readonly isError: boolean
  /** Usage may come in every chunk: the last one counts. */
  readonly usage: JsonValue | null
}

const DONE = '[DONE]'

export function isDone(data: Buffer): boolean {
  return data.length < 2 * DONE.length && data.toString('latin1').trim() === DONE
}

/** Reads the payload of one event that is not [DONE]. Throws provider_bad_answer when it is not one JSON object. */
export function readChunk(data: Buffer, provider: string): ChatChunk {
  return chunkOf(readProviderJson(data, provider))
}

export function chunkOf(json: JsonText): ChatChunk {
  return { json, isError: holdsError(json.root), usage: completionUsage(json.root) }
}

/**
 * What of an event's bytes goes to a caller who did not ask for usage: nothing where there is nothing else in it, and no
 * `"usage":null`, which providers put in every chunk once usage is asked for.
 */
export function withoutUsage(event: SseEvent, chunk: ChatChunk): Buffer {
  const { isError, usage, json } = chunk
  const isAlone = usage !== null && !isError && !hasChoices(json.root)
  return isAlone ? NOTHING : withoutNullUsage(event, chunk)
}

const NOTHING = Buffer.alloc(0)

function withoutNullUsage(event: SseEvent, { json }: ChatChunk): Buffer {
  const extent = nullUsage(json)
  const shift = (event.data?.length ?? 0) - json.bytes.length
  return extent === undefined ? event.raw : withoutPart(event, { from: shift + extent.from, to: shift + extent.to })
}

/** Where a usage that says nothing yet stands in a payload. */
export function nullUsage({ root }: JsonText): Extent | undefined {
  return root.member('usage')?.kind === 'null' ? root.memberExtent('usage') : undefined
}

export type Extent = { readonly from: number; readonly to: number }

/** An event without a part of its payload. A payload of several lines is left as it is. */
export function withoutPart({ raw, data }: SseEvent, { from, to }: Extent): Buffer {
  if (data === null || !liesIn(data, raw)) return raw
  const start = data.byteOffset - raw.byteOffset
  return Buffer.concat([raw.subarray(0, start + from), raw.subarray(start + to)])
}

/** Whether these are the same bytes and not a copy: a payload of several lines is one. */
function liesIn(part: Buffer, whole: Buffer): boolean {
  const from = part.byteOffset - whole.byteOffset
  return part.buffer === whole.buffer && from >= 0 && from + part.length <= whole.length
}
