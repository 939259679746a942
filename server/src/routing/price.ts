import type { Decimal } from '@paddock/contract/decimal'
import type { Usage } from '@paddock/contract/usage'
import type { Target } from './target.ts'

/** What targets cost, as routing is told by the price book: to put them in order, never to charge for them. */

export type Money = { readonly amount: Decimal; readonly currency: string }

/** What a usage costs at a target at an instant, in its provider's own currency; null where it has no price. */
export type PriceOf = (target: Target, asked: { readonly usage: Usage; readonly at: number }) => Money | null

/** What money is worth in a currency at an instant; null where nobody says so. */
export type Worth = (money: Money, in_: { readonly currency: string; readonly at: number }) => Decimal | null
