import type { Decimal } from '@paddock/contract/decimal'
import type { Money } from '../price.ts'
import type { Speed } from '../measures.ts'
import type { Random } from '../random.ts'
import type { RequestFacts } from '../request.ts'
import type { Candidate } from '../table.ts'
import type { Target } from '../target.ts'

/** One place in the order of targets, and why it is there. */
export type Placement = { readonly target: Target; readonly reason: string }

/** A candidate that can be called: one target, or those of the route it names, in that route's order. */
export type Unit = {
  readonly candidate: Candidate
  readonly placed: readonly Placement[]
  /** The target that stands for the whole in comparisons. */
  readonly first: Target
}

export type Ranked = { readonly unit: Unit; readonly reason: string }

/** Puts candidates in order. The units come as they are written, all of them usable. */
export type Rank = (units: readonly Unit[], senses: Senses) => readonly Ranked[]

/** What strategies perceive of the world. */
export type Senses = {
  readonly request: RequestFacts
  readonly random: Random
  /** What the request would cost there, as far as its length can be foretold; null without a price. */
  price(target: Target): Money | null
  /** What a price is worth in a currency; null where no rate says so. */
  worth(price: Money, currency: string): Decimal | null
  /** The share of prompts that the target's provider was measured to read from its cache. */
  cachedShare(target: Target): number
  speed(target: Target): Speed | null
}
