import type { AnswerMeta, Passed, PassContext, PayloadEvent, StreamPass } from '../dialect.ts'
import { completionText } from './completion.ts'
import { ChatReader } from './reader.ts'
import { isDone, readChunk, withoutUsage } from './stream.ts'

/** Chunks on their way from a provider of this dialect to a caller of it: this is the path most tokens take. */
export class ChatPass implements StreamPass {
  private readonly includeUsage: boolean
  private readonly context: PassContext
  private readonly reader: ChatReader

  constructor({ includeUsage }: AnswerMeta, context: PassContext) {
    this.includeUsage = includeUsage
    this.context = context
    this.reader = new ChatReader(context)
  }

  /** What is said is read out of a chunk only where somebody wants to know; for counting, its text is enough. */
  pass(event: PayloadEvent): Passed {
    const { reader, context } = this
    if (isDone(event.data)) return { bytes: event.raw, events: reader.readDone(), written: '' }
    const chunk = readChunk(event.data, context.provider)
    return {
      // Usage was asked for on the books' behalf: who did not ask for it does not see it.
      bytes: this.includeUsage ? event.raw : withoutUsage(event, chunk),
      events: context.wantsAll ? reader.readChunk(chunk) : reader.readFacts(chunk),
      written: chunk.isError ? '' : completionText(chunk.json.root),
    }
  }
}
