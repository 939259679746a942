import type { AnswerMeta, Passed, PayloadEvent, ReadContext, StreamPass } from '../dialect.ts'
import type { NeutralEvent } from '../neutral.ts'
import { readError } from '../provider-error.ts'
import { completionId, completionModel } from './completion.ts'
import { isDone, readChunk, withoutNullUsage, type ChatChunk } from './stream.ts'
import { readUsage } from './usage.ts'

/** Chunks on their way from a provider of this dialect to a caller of it: this is the path most tokens take. */

const NOTHING = Buffer.alloc(0)

export class ChatPass implements StreamPass {
  private readonly includeUsage: boolean
  private readonly context: ReadContext
  private hasBegun = false

  constructor({ includeUsage }: AnswerMeta, context: ReadContext) {
    this.includeUsage = includeUsage
    this.context = context
  }

  pass(event: PayloadEvent): Passed {
    if (isDone(event.data)) return { bytes: event.raw, events: [{ kind: 'end' }], written: '' }
    const chunk = readChunk(event.data)
    return { bytes: this.bytesFor(event, chunk), events: this.eventsIn(event, chunk), written: chunk.text }
  }

  /** Usage was asked for on the books' behalf: who did not ask for it does not see it. */
  private bytesFor(event: PayloadEvent, chunk: ChatChunk): Buffer {
    if (this.includeUsage) return event.raw
    return chunk.kind === 'usage' ? NOTHING : withoutNullUsage(event, chunk)
  }

  private eventsIn({ data }: PayloadEvent, { json, kind, usage }: ChatChunk): NeutralEvent[] {
    if (kind === 'error') return [{ kind: 'error', error: readError(200, data) }]
    const events: NeutralEvent[] = []
    if (!this.hasBegun) events.push({ kind: 'start', id: completionId(json.root), model: completionModel(json.root) })
    this.hasBegun = true
    if (usage !== null) events.push({ kind: 'usage', reading: readUsage(usage, this.context.facts.usage) })
    return events
  }
}
