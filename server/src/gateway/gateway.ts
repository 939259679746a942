import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Charging } from '../books/charge.ts'
import type { Books } from '../books/books.ts'
import type { Entry } from '../books/entry.ts'
import type { Once } from '../books/once/once.ts'
import type { Directory } from '../callers/directory.ts'
import type { PriceBook } from '../prices/book.ts'
import type { BoundedReasoningMemory } from '../dialects/reasoning-memory.ts'
import type { StoredResponses } from '../dialects/openai-responses/stored.ts'
import type { Limits } from '../limits/limits.ts'
import type { Router } from '../routing/router.ts'
import type { RoutingTable } from '../routing/table.ts'
import type { AnswerCache } from './answer-cache.ts'
import type { Deadlines } from './deadlines.ts'
import type { Trials } from './trials.ts'

/** What the stages of a request work with. Built once by the app, which is the only place where the parts meet. */
export type Gateway = {
  readonly clock: Clock
  readonly log: Log
  readonly directory: Directory
  /** What a change of the configuration replaces is asked for anew by every request. */
  routing(): RoutingTable
  prices(): PriceBook
  charging(): Charging
  bounds(): GatewayLimits
  readonly router: Router
  readonly limits: Limits
  /** Reasoning that providers want back and callers have no place for. */
  readonly memory: BoundedReasoningMemory
  /** Answers that callers may go on from. */
  readonly responses: StoredResponses
  /** Answers that may be given again, and for how many seconds those of a route may; 0 is never. */
  readonly answers: AnswerCache
  cacheSeconds(route: string | null): number
  readonly books: Books
  /** What was answered to requests that callers have named. */
  readonly once: Once
  readonly deadlines: Deadlines
  readonly trials: Trials
  /** False while the server is stopping. */
  accepting(): boolean
  readonly observe: Observer
}

export type GatewayLimits = {
  readonly bodyBytesMax: number
  readonly choicesMax: number
  readonly outputTokensMax: number
}

/** Told what happened, after it happened: metrics listen here, and later races and leagues do. */
export type Observer = {
  /** A request was refused before it became one: nothing was spent, there is no entry. */
  refused(code: string): void
  settled(entry: Entry): void
}
