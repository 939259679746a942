import { JsonEdit } from './json-edit.ts'
import { writeJson } from './json-write.ts'
import { readProviderJson } from './provider-json.ts'
import { SseSplitter, type SseEvent } from './sse.ts'

/** What a stream's headers could not tell yet, told at its end: put where no SDK of the dialect stumbles over it. */

export type EndNote = {
  /** The answer's id and model, as the provider gave them. */
  readonly id: string
  readonly model: string
  /** Seconds since 1970. */
  readonly createdSeconds: number
  readonly told: Readonly<Record<string, string | number | null>>
}

/** The member that holds it. */
const MEMBER = 'x_paddock'
const BRACE = 0x7b

/** In a chunk of its own before the end mark, without choices, as usage comes in one. */
export function tellInChunk(end: Buffer, { id, model, createdSeconds, told }: EndNote): Buffer {
  const chunk = {
    id: idIn(end) ?? id,
    object: 'chat.completion.chunk',
    created: createdSeconds,
    model,
    choices: [],
    [MEMBER]: told,
  }
  const mark = end.lastIndexOf('data:')
  return Buffer.concat([end.subarray(0, mark), Buffer.from(`data: ${writeJson(chunk)}\n\n`), end.subarray(mark)])
}

/** The id of the answer where we wrote its chunks, and so gave it one of our own. */
function idIn(end: Buffer): string | null {
  const data = eventsIn(end).find((event) => event.data?.[0] === BRACE)?.data
  const id = data && readProviderJson(data).root.member('id')
  return id?.kind === 'string' ? id.text() : null
}

/** In the last event: in its object of this name, or in the event itself. */
export function tellInLastEvent(end: Buffer, { told }: EndNote, within: string | null): Buffer {
  const last = eventsIn(end).at(-1)
  if (!last?.data) return end
  const json = readProviderJson(last.data)
  const object = within === null ? json.root : json.root.member(within)
  if (object?.kind !== 'object') return end
  const edited = new JsonEdit(json).setIn(object, MEMBER, writeJson(told)).bytes()
  const type = json.root.member('type')?.text() ?? ''
  const lines = edited
    .toString()
    .split('\n')
    .map((line) => `data: ${line}\n`)
  return Buffer.concat([
    end.subarray(0, end.length - last.raw.length),
    Buffer.from(`event: ${type}\n${lines.join('')}\n`),
  ])
}

function eventsIn(end: Buffer): SseEvent[] {
  const sse = new SseSplitter()
  return [...sse.push(end), ...sse.end()]
}
