import { judgeCanaries, judgePair, type AskJudge, type Judged, type ToJudge } from '../ask-judge.ts'
import { PaddockError } from '../../base/errors.ts'
import { judgeFaults, judgeStatistics, type Canary } from '../judge.ts'
import { nameOf } from './config.ts'
import type { Item } from './item.ts'
import { keyOf, type Trial } from './trial-log.ts'

/** Asks the race's judge a question about somebody's answer to an item, unless the log has what it said. */
export type AskAbout = (item: Item, about: string) => AskJudge

/** What a judge says of the pairs of a race. It is asked once for each, and what it said is in the log. */
export class Judging {
  readonly #ask: AskAbout
  /** Items that test the judge, too. */
  readonly #tests: ReadonlySet<string>
  readonly #begun = new Set<string>()
  readonly #preferences = new Map<string, number | null>()
  /** What was asked for; where one gave no answer nobody is asked. */
  readonly #judged = new Map<string, Judged>()
  readonly #canaries = new Map<string, readonly Canary[]>()
  readonly #counted: Judged[] = []
  readonly #countedCanaries: Canary[] = []

  constructor(items: readonly Item[], ask: AskAbout) {
    this.#ask = ask
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
    this.#counted.push(...challengers.flatMap((challenger) => this.#judged.get(keyOf(challenger)) ?? []))
    if (this.#counted.length >= SILENT_MAX && this.statistics().missing === 1) throw silent(SILENT_MAX)
  }

  faults(): string[] {
    return judgeFaults(this.#counted, this.#countedCanaries)
  }

  statistics(): Omit<ReturnType<typeof judgeStatistics>, 'accuracy' | 'labelled'> {
    const { accuracy: _, labelled: __, ...statistics } = judgeStatistics(this.#counted)
    return statistics
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

const TEST_EVERY = 25
/** A judge that has said nothing about so many pairs will say nothing about the next, which would be paid for as well. */
const SILENT_MAX = 20

function silent(pairs: number): PaddockError {
  return new PaddockError('argument_invalid', {
    message: `The judge gave no verdict on the first ${pairs} pairs that could be read: its last line must be "first", "second" or "tie". Name another one.`,
  })
}

function toJudge({ question, answer }: Item, champion: Trial): Omit<ToJudge, 'challenger'> {
  const right = answer === undefined ? {} : { right: typeof answer === 'string' ? answer : JSON.stringify(answer) }
  return { request: question, champion: textOf(champion), ...right }
}

function textOf({ reply }: Trial): string {
  return reply.text || JSON.stringify(reply.calls)
}
