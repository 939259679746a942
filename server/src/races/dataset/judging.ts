import { judgeCanaries, judgePair, type AskJudge, type Judged, type ToJudge } from '../ask-judge.ts'
import { PaddockError } from '../../base/errors.ts'
import { judgeFaults, judgeStatistics, type Canary, type JudgedPair } from '../judge.ts'
import { nameOf } from './config.ts'
import { rightOf, type Item } from './item.ts'
import { labelKey, type CountedPair, type Labels } from './people.ts'
import { keyOf, textOf, type Trial } from './trial-log.ts'

/** Asks the race's judge a question about somebody's answer to an item, unless the log has what it said. */
export type AskAbout = (item: Item, about: string) => AskJudge

/** What a judge says of the pairs of a race. It is asked once for each, and what it said is in the log. */
export class Judging {
  readonly #ask: AskAbout
  readonly #labels: Labels
  /** Items that test the judge, too. */
  readonly #tests: ReadonlySet<string>
  readonly #begun = new Set<string>()
  readonly #preferences = new Map<string, number | null>()
  /** What was asked for; where one gave no answer nobody is asked. */
  readonly #judged = new Map<string, Judged>()
  readonly #canaries = new Map<string, readonly Canary[]>()
  readonly #counted: JudgedPair[] = []
  readonly #pairs: CountedPair[] = []
  readonly #countedCanaries: Canary[] = []

  constructor({ items, labels, ask }: { items: readonly Item[]; labels: Labels; ask: AskAbout }) {
    this.#ask = ask
    this.#labels = labels
    this.#tests = new Set(items.flatMap(({ id }, place) => (place % TEST_EVERY === 0 ? [id] : [])))
  }

  /** Judges what can be judged of an item and was not yet begun. */
  async judge(item: Item, champion: Trial, challengers: readonly Trial[]): Promise<void> {
    if (this.#isTest(item, champion))
      await this.#once(`canary ${item.id}`, async () => {
        const ask = (kind: Canary['kind']): AskJudge => this.#ask(item, `canary ${kind}`)
        this.#canaries.set(item.id, await judgeCanaries(ask, toJudge(item, champion)))
      })
    for (const challenger of challengers)
      await this.#once(keyOf(challenger), async () => {
        this.#preferences.set(keyOf(challenger), await this.#compare(item, champion, challenger))
      })
  }

  /** How much better the challenger's answer is; null where the judge does not say, undefined where it was not asked yet. */
  preferenceOf(challenger: Trial): number | null | undefined {
    return this.#preferences.get(keyOf(challenger))
  }

  /** True when the judge was tested on this item, or need not be. */
  isTestedOn(item: Item, champion: Trial): boolean {
    return !this.#isTest(item, champion) || this.#canaries.has(item.id)
  }

  /** Counts an item's verdicts: in the order of the items, as everything that decides. */
  count(item: Item, challengers: readonly Trial[]): void {
    this.#countedCanaries.push(...(this.#canaries.get(item.id) ?? []))
    for (const challenger of challengers) this.#countOne(challenger)
    if (this.#counted.length >= SILENT_MAX && this.statistics().missing === 1) throw silent(SILENT_MAX)
  }

  /** Every pair with a preference, in the order of the items. */
  get pairs(): readonly CountedPair[] {
    return this.#pairs
  }

  faults(): string[] {
    return judgeFaults(this.#counted, this.#countedCanaries)
  }

  statistics(): Omit<ReturnType<typeof judgeStatistics>, 'accuracy' | 'labelled'> {
    const { accuracy: _, labelled: __, ...statistics } = judgeStatistics(this.#counted)
    return statistics
  }

  #countOne(challenger: Trial): void {
    const pair = { item: challenger.item, challenger: nameOf(challenger) }
    const judged = this.#judged.get(keyOf(challenger))
    const right = RIGHT[this.#labels.get(labelKey(pair)) ?? 0]
    if (judged !== undefined) this.#counted.push({ ...judged, ...(right === undefined ? {} : { right }) })
    const preference = this.preferenceOf(challenger) ?? null
    if (preference !== null) this.#pairs.push({ ...pair, preference })
  }

  #isTest({ id }: Item, { state }: Trial): boolean {
    return state === 'ok' && this.#tests.has(id)
  }

  /** Not begun a second time, unless it could not be ended. */
  async #once(name: string, judge: () => Promise<void>): Promise<void> {
    if (this.#begun.has(name)) return
    this.#begun.add(name)
    try {
      await judge()
    } catch (failure) {
      this.#begun.delete(name)
      throw failure
    }
  }

  /** An answer that is missing is worse than any, and nobody need be asked about that. */
  async #compare(item: Item, champion: Trial, challenger: Trial): Promise<number | null> {
    const [has, had] = [challenger, champion].map(({ state }) => Number(state === 'ok'))
    if (has !== 1 || had !== 1) return (has ?? 0) - (had ?? 0)
    if (textOf(champion).trim() === textOf(challenger).trim()) return 0
    const pair = { ...toJudge(item, champion), challenger: textOf(challenger) }
    const judged = await judgePair(this.#ask(item, nameOf(challenger)), pair)
    this.#judged.set(keyOf(challenger), judged)
    return judged.preference
  }
}

/** Where people call it a tie, no answer is the right one. */
const RIGHT: Readonly<Record<-1 | 0 | 1, JudgedPair['right']>> = { [-1]: 'champion', 0: undefined, 1: 'challenger' }

const TEST_EVERY = 25
/** A judge that has said nothing about so many pairs will say nothing about the next, which would be paid for as well. */
const SILENT_MAX = 20

function silent(pairs: number): PaddockError {
  return new PaddockError('argument_invalid', {
    message: `The judge gave no verdict on the first ${pairs} pairs that could be read: its last line must be "first", "second" or "tie". Name another one.`,
  })
}

function toJudge(item: Item, champion: Trial): Omit<ToJudge, 'challenger'> {
  const right = rightOf(item)
  return { request: item.question, champion: textOf(champion), ...(right === null ? {} : { right }) }
}
