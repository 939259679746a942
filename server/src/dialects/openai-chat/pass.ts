import type { AnswerMeta, Passed, PassContext, PayloadEvent, StreamPass } from '../dialect.ts'
import type { NeutralEvent } from '../neutral.ts'
import { AlikeChunks } from './alike.ts'
import { completionText } from './completion.ts'
import { ChatReader } from './reader.ts'
import { isDone, readChunk, withoutPart, withoutUsage } from './stream.ts'

const NO_EVENTS: readonly NeutralEvent[] = []

/** Chunks on their way from a provider of this dialect to a caller of it: this is the path most tokens take. */
export class ChatPass implements StreamPass {
  private readonly includeUsage: boolean
  private readonly context: PassContext
  private readonly reader: ChatReader
  private readonly alike: AlikeChunks | null

  constructor({ includeUsage }: AnswerMeta, context: PassContext) {
    this.includeUsage = includeUsage
    this.context = context
    this.reader = new ChatReader(context)
    this.alike = context.wantsAll ? null : new AlikeChunks()
  }

  /** What is said is read out of a chunk only where somebody wants to know; for counting, its text is enough. */
  pass(event: PayloadEvent): Passed {
    const text = this.alike?.textIn(event.data)
    if (text) return { bytes: this.bytesOfAlike(event), events: NO_EVENTS, written: text }
    const { reader, context } = this
    if (isDone(event.data)) return { bytes: event.raw, events: reader.readDone(), written: '' }
    const chunk = readChunk(event.data, context.provider)
    const written = chunk.isError ? '' : completionText(chunk.json.root)
    if (!chunk.isError && chunk.usage === null) this.alike?.remember(event.data, chunk, written)
    return {
      // Usage was asked for on the books' behalf: who did not ask for it does not see it.
      bytes: this.includeUsage ? event.raw : withoutUsage(event, chunk),
      events: context.wantsAll ? reader.readChunk(chunk) : reader.readFacts(chunk),
      written,
    }
  }

  private bytesOfAlike(event: PayloadEvent): Buffer {
    const extent = this.includeUsage ? null : this.alike?.nullUsageIn(event.data)
    return extent ? withoutPart(event, extent) : event.raw
  }
}
