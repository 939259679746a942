import type { DIFFERENCE_KINDS } from '@paddock/contract/control/bills'
import type { Decimal } from '@paddock/contract/decimal'
import { divideHalfEven } from '../../money/divide-half-even.ts'
import { formatPico, type Pico } from '../../money/fixed-point.ts'
import type { BookedLine } from './booked.ts'
import type { BillLine } from './read-bill.ts'

/**
 * Why a bill and the books differ on a day and model. `rounding`: less than the bill's own rounding. `orphan`: a crash left
 * requests whose end is unknown, and the bill knows it. `estimated`: no numbers came, so tokens were counted or estimated.
 * `price`: the same share more or less as on other days, so the price is another one. `outside`: more is billed than the
 * books know of: the key was used elsewhere. `missing`: it is in the books and not on the bill.
 */
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

export type ReconciledLine = {
  readonly day: string
  readonly model: string
  readonly currency: string
  readonly billed: Decimal
  readonly booked: Decimal
  readonly difference: Decimal
  readonly entries: number
  readonly kind: DifferenceKind
  /** What an ADJUST entry would have to add to the books; null where the books are right, or cannot know. */
  readonly adjust: Decimal | null
}

export type Reconciliation = {
  readonly lines: readonly ReconciledLine[]
  readonly totals: readonly CurrencyTotal[]
}

export type CurrencyTotal = {
  readonly currency: string
  readonly billed: Decimal
  readonly booked: Decimal
  readonly difference: Decimal
  /** How much of the bill the books had, in percent with two decimals; null where nothing was billed. */
  readonly capture_percent: string | null
  /** How much of the bill no kind explains, in percent with two decimals. */
  readonly unexplained_percent: string | null
  readonly by_kind: Readonly<Partial<Record<DifferenceKind, Decimal>>>
}

/** Differences that are the same share to a thousandth are one price. */
const SAME_SHARE = 1_000n
/** Days of a model that must differ by one share before that is taken for another price. */
const PRICE_DAYS_MIN = 2

type Pair = {
  readonly day: string
  readonly model: string
  readonly currency: string
  readonly billed: bigint
  readonly rounding: bigint
  readonly booked: BookedLine | null
}

/** `canonical` maps the names a model has on bills and in requests to one. */
export function reconcile(
  bill: readonly BillLine[],
  booked: readonly BookedLine[],
  canonical: (model: string, day: string) => string,
): Reconciliation {
  const pairs = pairUp(bill, booked, canonical)
  const prices = findOtherPrices(pairs)
  const judged = pairs.map((pair): Judged => {
    const difference = pair.billed - (pair.booked?.amount ?? 0n)
    return { ...pair, difference, kind: kindOf(pair, difference, prices) }
  })
  return { lines: judged.map(lineOf), totals: totalsOf(judged) }
}

type Judged = Pair & { readonly difference: bigint; readonly kind: DifferenceKind }

function pairUp(
  bill: readonly BillLine[],
  booked: readonly BookedLine[],
  canonical: (model: string, day: string) => string,
): Pair[] {
  const pairs = new Map<string, Pair>()
  const pairOf = ({ day, model, currency }: Pick<BillLine, 'day' | 'model' | 'currency'>): [string, Pair] => {
    const name = JSON.stringify([day, canonical(model, day), currency])
    const none = { day, model: canonical(model, day), currency, billed: 0n, rounding: 0n, booked: null }
    return [name, pairs.get(name) ?? none]
  }
  for (const line of bill) {
    const [name, pair] = pairOf(line)
    pairs.set(name, { ...pair, billed: pair.billed + line.amount, rounding: pair.rounding + line.rounding })
  }
  for (const line of booked) {
    const [name, pair] = pairOf(line)
    pairs.set(name, { ...pair, booked: pair.booked === null ? line : sumOf(pair.booked, line) })
  }
  return [...pairs].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, pair]) => pair)
}

function sumOf(one: BookedLine, other: BookedLine): BookedLine {
  return {
    ...one,
    amount: (one.amount + other.amount) as Pico,
    entries: one.entries + other.entries,
    orphans: (one.orphans + other.orphans) as Pico,
    estimated: (one.estimated + other.estimated) as Pico,
  }
}

/** For each model, the share in thousandths that it is billed at, where several days agree on one that is not all of it. */
function findOtherPrices(pairs: readonly Pair[]): ReadonlyMap<string, bigint> {
  const days = new Map<string, number>()
  for (const pair of pairs) {
    const share = shareOf(pair)
    if (share === null || share === SAME_SHARE || isUncertain(pair)) continue
    const name = JSON.stringify([pair.model, pair.currency, String(share)])
    days.set(name, (days.get(name) ?? 0) + 1)
  }
  const prices = new Map<string, bigint>()
  for (const [name, count] of days) {
    const [model, currency, share] = JSON.parse(name) as [string, string, string]
    if (count >= PRICE_DAYS_MIN) prices.set(JSON.stringify([model, currency]), BigInt(share))
  }
  return prices
}

function shareOf({ billed, booked }: Pair): bigint | null {
  if (booked === null || booked.amount <= 0n || billed <= 0n) return null
  return divideHalfEven(billed * SAME_SHARE, booked.amount)
}

function isUncertain({ booked }: Pair): boolean {
  return booked !== null && (booked.orphans !== 0n || booked.estimated !== 0n)
}

/** These are mistakes of the books, which an ADJUST entry mends; the others are not, or not known to be. */
const OURS: ReadonlySet<DifferenceKind> = new Set(['rounding', 'orphan', 'estimated', 'price'])

function lineOf({ day, model, currency, billed, booked, difference, kind }: Judged): ReconciledLine {
  return {
    day,
    model,
    currency,
    billed: formatPico(billed as Pico),
    booked: formatPico(booked?.amount ?? (0n as Pico)),
    difference: formatPico(difference as Pico),
    entries: booked?.entries ?? 0,
    kind,
    adjust: OURS.has(kind) ? formatPico(difference as Pico) : null,
  }
}

function kindOf(pair: Pair, difference: bigint, prices: ReadonlyMap<string, bigint>): DifferenceKind {
  const { booked, rounding } = pair
  if (difference === 0n) return 'none'
  if (size(difference) <= rounding) return 'rounding'
  if (booked === null) return 'outside'
  // An orphan's amount is what was held for it: the bill may have less of it, down to nothing.
  if (difference < 0n && -difference <= booked.orphans + rounding) return 'orphan'
  if (booked.estimated !== 0n && size(difference) <= booked.estimated + rounding) return 'estimated'
  const share = shareOf(pair)
  if (share !== null && prices.get(JSON.stringify([pair.model, pair.currency])) === share) return 'price'
  if (pair.billed === 0n) return 'missing'
  return difference > 0n ? 'outside' : 'unexplained'
}

function size(amount: bigint): bigint {
  return amount < 0n ? -amount : amount
}

type Sums = { billed: bigint; booked: bigint; unexplained: bigint; readonly kinds: Map<DifferenceKind, bigint> }

function totalsOf(lines: readonly Judged[]): CurrencyTotal[] {
  const sums = new Map<string, Sums>()
  for (const { currency, billed, booked, difference, kind } of lines) {
    const sum = sums.get(currency) ?? { billed: 0n, booked: 0n, unexplained: 0n, kinds: new Map() }
    sums.set(currency, sum)
    sum.billed += billed
    sum.booked += booked?.amount ?? 0n
    if (kind === 'unexplained' || kind === 'missing') sum.unexplained += size(difference)
    if (kind !== 'none') sum.kinds.set(kind, (sum.kinds.get(kind) ?? 0n) + difference)
  }
  return [...sums].map(([currency, { billed, booked, unexplained, kinds }]) => ({
    currency,
    billed: formatPico(billed as Pico),
    booked: formatPico(booked as Pico),
    difference: formatPico((billed - booked) as Pico),
    capture_percent: percent(booked, billed),
    unexplained_percent: percent(unexplained, billed),
    by_kind: Object.fromEntries([...kinds].map(([kind, amount]) => [kind, formatPico(amount as Pico)])),
  }))
}

const PERCENT_PLACES = 2

function percent(part: bigint, whole: bigint): string | null {
  if (whole <= 0n) return null
  const scale = 10n ** BigInt(PERCENT_PLACES)
  const digits = divideHalfEven(part * 100n * scale, whole)
    .toString()
    .padStart(PERCENT_PLACES + 1, '0')
  return `${digits.slice(0, -PERCENT_PLACES)}.${digits.slice(-PERCENT_PLACES)}`
}
