/** What a what-if answer takes for granted, and says so. */
import { isoInstant } from '../../base/clock.ts'

/** Enough to see what is missing; more reasons would say the same. */
const REASONS_MAX = 5

type Asked = { readonly model: string | null; readonly listAt: number | null; readonly currency?: string | null }

export class Assumptions {
  readonly #asked: Asked
  readonly #notes = new Set<string>()
  readonly #reasons = new Set<string>()
  readonly #uncounted: string[] = []
  #forgotten = { requests: 0n, mark: 0 }
  readonly #cached = new Map<string, { asCached: bigint; asInput: bigint }>()

  constructor(asked: Asked) {
    this.#asked = asked
  }

  notePrices(notes: readonly string[]): void {
    for (const note of notes) this.#notes.add(note)
  }

  unpriced(reason: string): void {
    if (this.#reasons.size < REASONS_MAX) this.#reasons.add(reason)
  }

  /** Requests whose entries the price depends on, and which are gone. */
  forgotten(requests: bigint, mark: number): void {
    this.#forgotten = { requests: this.#forgotten.requests + requests, mark }
  }

  /** A stretch that is no whole cell, of which the entries are gone. */
  uncounted({ from, to, mark }: { readonly from: number; readonly to: number; readonly mark: number }): void {
    if (this.#uncounted.length < REASONS_MAX)
      this.#uncounted.push(
        `Requests from ${isoInstant(from)} to ${isoInstant(to)} are in no amount: a price changes in between, or the span begins or ends there, and entries are complete only from ${isoInstant(mark)}.`,
      )
  }

  /** Losses stand in entries alone. */
  lossesFrom(mark: number): void {
    this.#notes.add(
      `What attempts without an answer cost is known from ${isoInstant(mark)} on; entries before were forgotten.`,
    )
  }

  cached(model: string, tokens: bigint, hasPrice: boolean): void {
    const counted = this.#cached.get(model) ?? { asCached: 0n, asInput: 0n }
    this.#cached.set(model, counted)
    counted[hasPrice ? 'asCached' : 'asInput'] += tokens
  }

  sentences(): string[] {
    const { model, listAt, currency = null } = this.#asked
    return [
      ...(model === null
        ? []
        : [`Tokens are as the models that answered counted them; ${model} may cut the same text into more or fewer.`]),
      ...[...this.#cached].flatMap(([name, counted]) => this.#cachedSentences(name, counted)),
      ...(listAt === null
        ? []
        : [`The price list is that of ${isoInstant(listAt)}; prices by the clock hold at the hour of each request.`]),
      ...(currency === null
        ? []
        : [
            `Amounts in ${currency} are for reading: each day's requests by the rate of that day in the table "fx" of paddock.yaml.`,
          ]),
      ...this.#notes,
      ...[...this.#reasons].map((reason) => `Unpriced: ${reason}`),
      ...(this.#forgotten.requests === 0n
        ? []
        : [
            `Unpriced: ${this.#forgotten.requests} requests whose price depends on each of them; entries are complete only from ${isoInstant(this.#forgotten.mark)}.`,
          ]),
      ...this.#uncounted,
    ]
  }

  #cachedSentences(name: string, { asCached, asInput }: { asCached: bigint; asInput: bigint }): string[] {
    const isOther = this.#asked.model !== null
    return [
      ...(asInput === 0n
        ? []
        : [`${asInput} cached tokens are priced as fresh input: ${name} has no price for cached ones.`]),
      ...(asCached === 0n || !isOther
        ? []
        : [
            `${asCached} cached tokens are priced as cached: whether ${name} would have had them in its cache is not known.`,
          ]),
    ]
  }
}
