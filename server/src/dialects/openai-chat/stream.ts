import type { JsonText, JsonValue } from '../json-text.ts'
import type { SseEvent } from '../sse.ts'
import { completionText, completionUsage, hasChoices } from './completion.ts'
import { readProviderJson } from '../provider-json.ts'
import { holdsError } from '../provider-error.ts'

/** The events of a streamed answer: what each is, and what it looks like to a caller who did not ask for usage. */

export type ChatChunk = {
  readonly json: JsonText
  /**
   * `content`: something the model wrote. `usage`: nothing but usage, sent because it was asked for. `error`: the answer
   * failed after it had begun. `other`: a role, a finish reason, or something else that is passed on.
   */
  readonly kind: 'content' | 'usage' | 'error' | 'other'
  /** What the model wrote, for counting; empty in an error. */
  readonly text: string
  /** Usage may come in every chunk: the last one counts. */
  readonly usage: JsonValue | null
}

const DONE = '[DONE]'

export function isDone(data: Buffer): boolean {
  return data.length < 2 * DONE.length && data.toString('latin1').trim() === DONE
}

/** Reads the payload of one event that is not [DONE]. Throws provider_bad_answer when it is not one JSON object. */
export function readChunk(data: Buffer): ChatChunk {
  const json = readProviderJson(data)
  const { root } = json
  const usage = completionUsage(root)
  if (holdsError(root)) return { json, kind: 'error', text: '', usage }
  const text = completionText(root)
  if (text !== '') return { json, kind: 'content', text, usage }
  return { json, kind: usage !== null && !hasChoices(root) ? 'usage' : 'other', text, usage }
}

/**
 * The bytes of an event without `"usage":null`, which providers put in every chunk once usage is asked for. A payload of
 * several lines is left as it is.
 */
export function withoutNullUsage({ raw, data }: SseEvent, { json }: ChatChunk): Buffer {
  if (data === null || !liesIn(data, raw) || json.root.member('usage')?.kind !== 'null') return raw
  const extent = json.root.memberExtent('usage')
  if (extent === undefined) return raw
  const start = json.bytes.byteOffset - raw.byteOffset
  return Buffer.concat([raw.subarray(0, start + extent.from), raw.subarray(start + extent.to)])
}

/** Whether these are the same bytes and not a copy: a payload of several lines is one. */
function liesIn(part: Buffer, whole: Buffer): boolean {
  const from = part.byteOffset - whole.byteOffset
  return part.buffer === whole.buffer && from >= 0 && from + part.length <= whole.length
}
