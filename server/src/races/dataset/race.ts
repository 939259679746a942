import { excerpt, PaddockError } from '../../base/errors.ts'
import type { Decision } from '../decide.ts'
import type { Ask } from './ask.ts'
import { nameOf, type Arm, type RaceConfig } from './config.ts'
import { GRADERS } from './grade.ts'
import type { Item } from './item.ts'
import { openScoreboard, type Row, type Scoreboard } from './scoreboard.ts'
import { convert } from './spend.ts'
import { keyOf, type Trial, type TrialLog, type TrialPlace } from './trial-log.ts'

/** How a race ended. */
export type Ending =
  | Exclude<Decision, { kind: 'continue' }>
  | { readonly kind: 'abort'; readonly reason: 'budget' | 'stopped' }

export type RaceRun = {
  readonly config: RaceConfig
  /** In the order in which they are raced. */
  readonly items: readonly Item[]
  readonly log: TrialLog
  readonly ask: Ask
  /** In 1e-12 of the race's currency; null without a limit. */
  readonly budget: bigint | null
  readonly concurrency: number
  /** Stops the race when it is aborted: running calls are waited for, and it can go on later. */
  readonly signal: AbortSignal
  readonly onProgress: (state: Progress) => void
}

export type Progress = { readonly scoreboard: Scoreboard; readonly items: number; readonly spent: bigint }

export type Finished = { readonly ending: Ending; readonly scoreboard: Scoreboard; readonly items: number }

/**
 * Runs a race, or goes on with one. Calls go out side by side, but items are counted in their order, and an item only when all
 * its answers are there: else quick answers would be seen first, and quick answers are not any answers.
 */
export async function runRace(run: RaceRun): Promise<Finished> {
  const race = new Race(run)
  // The first item alone: it says what a call of each model costs, without which no budget could be kept.
  await race.work(1 + run.config.challengers.length)
  const workers = await Promise.allSettled(Array.from({ length: run.concurrency }, () => race.work()))
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason
  return race.finish()
}

class Race {
  readonly #run: RaceRun
  readonly #scoreboard: Scoreboard
  /** Calls in the order in which they are made. */
  readonly #calls: Iterator<{ item: Item; arm: Arm }>
  /** The dearest call of each arm so far: what the next one is expected to cost at most. */
  readonly #dearest = new Map<string, bigint>()
  readonly #inFlight = new Map<string, number>()
  #counted = 0
  #spent = 0n
  #ending: Ending | null = null

  constructor(run: RaceRun) {
    this.#run = run
    this.#scoreboard = openScoreboard(run.config)
    for (const trial of run.log.trials.values()) this.#pay(trial)
    this.#calls = this.#plan()
    this.#count()
  }

  /** Makes one call after the other until there is none left, or no reason for any. */
  async work(callsMax: number = Infinity): Promise<void> {
    for (let calls = 0; calls < callsMax && this.#ending === null; calls += 1) {
      if (this.#run.signal.aborted) this.#ending = { kind: 'abort', reason: 'stopped' }
      const call = this.#ending === null ? this.#calls.next() : null
      if (call === null || call.done === true) return
      if (this.#overBudget(call.value.arm)) {
        this.#ending = { kind: 'abort', reason: 'budget' }
        return
      }
      try {
        await this.#make(call.value.item, call.value.arm)
      } catch (failure) {
        // What one worker cannot do, none can: the others make no further call.
        this.#ending = { kind: 'abort', reason: 'stopped' }
        throw failure
      }
      this.#count()
    }
  }

  finish(): Finished {
    // What was under way when the race was stopped is paid for, so it is looked at.
    const stopped = this.#ending?.kind === 'abort' ? this.#ending : null
    if (stopped !== null) this.#ending = null
    this.#count()
    this.#ending ??= stopped
    const decided = this.#scoreboard.decision({ trialsLeft: false })
    const ending = this.#ending ?? (decided.kind === 'continue' ? { kind: 'inconclusive' as const } : decided)
    return { ending, scoreboard: this.#scoreboard, items: this.#counted }
  }

  *#plan(): Generator<{ item: Item; arm: Arm }> {
    const { config, items } = this.#run
    for (const item of items.slice(0, this.#scoreboard.trialsMax)) {
      // Without the champion's answer nothing can be compared.
      if (this.#find(item, config.champion) === null) continue
      for (const arm of [config.champion, ...config.challengers]) {
        const isOut = arm !== config.champion && !this.#scoreboard.running().includes(arm)
        if (!isOut && this.#find(item, arm) === undefined) yield { item, arm }
      }
    }
  }

  async #make(item: Item, arm: Arm): Promise<void> {
    const { log, ask, config } = this.#run
    const place: TrialPlace = { item: item.id, model: arm.model, copy: arm.copy }
    const name = nameOf(arm)
    this.#inFlight.set(name, (this.#inFlight.get(name) ?? 0) + 1)
    try {
      await log.begin(place)
      const answered = await ask(arm.model, item.request)
      const score = answered.state === 'ok' ? GRADERS[config.grader](answered.reply, item.answer) : 0
      const trial: Trial = { ...place, ...answered, score }
      await log.finish(trial)
      this.#pay(trial)
    } finally {
      this.#inFlight.set(name, (this.#inFlight.get(name) ?? 0) - 1)
    }
  }

  #pay(trial: Trial): void {
    const { currency, rates, saving } = this.#run.config
    const converted = convert(trial.cost, currency, new Map(rates))
    const isCounted = saving !== null || this.#run.budget !== null
    if (converted === null && isCounted && trial.state === 'ok') throw uncounted(trial, currency)
    const cost = converted ?? 0n
    this.#spent += cost
    const name = nameOf(trial)
    if (cost > (this.#dearest.get(name) ?? -1n)) this.#dearest.set(name, cost)
  }

  /** True when this call and all that run, each as dear as the dearest before it, might pass the budget. */
  #overBudget(arm: Arm): boolean {
    const { budget } = this.#run
    if (budget === null) return false
    let expected = this.#spent + (this.#dearest.get(nameOf(arm)) ?? 0n)
    for (const [name, calls] of this.#inFlight) expected += BigInt(calls) * (this.#dearest.get(name) ?? 0n)
    return expected > budget
  }

  /** Counts the items that are complete, in their order, and looks after each. */
  #count(): void {
    const { items, onProgress } = this.#run
    while (this.#ending === null && this.#counted < this.#scoreboard.trialsMax) {
      const item = items[this.#counted]
      const row = item === undefined ? null : this.#rowOf(item)
      if (row === null) break
      this.#scoreboard.take(row)
      this.#counted += 1
      const decision = this.#scoreboard.decision({ trialsLeft: this.#counted < this.#scoreboard.trialsMax })
      if (decision.kind !== 'continue') this.#ending = decision
    }
    onProgress({ scoreboard: this.#scoreboard, items: this.#counted, spent: this.#spent })
  }

  /** The item's answers; null while one is missing that is needed. */
  #rowOf(item: Item): Row | null {
    const champion = this.#find(item, this.#run.config.champion)
    if (champion === null) return { champion, challengers: new Map() }
    const challengers = this.#scoreboard.running().map((arm) => [nameOf(arm), this.#find(item, arm)] as const)
    const complete = challengers.filter((entry): entry is readonly [string, Trial | null] => entry[1] !== undefined)
    if (champion === undefined || complete.length < challengers.length) return null
    return { champion, challengers: new Map(complete) }
  }

  /** The answer, null when it was lost in a crash, undefined when it was not asked for. */
  #find(item: Item, { model, copy }: Arm): Trial | null | undefined {
    const key = keyOf({ item: item.id, model, copy })
    return this.#run.log.trials.get(key) ?? (this.#run.log.lost.has(key) ? null : undefined)
  }
}

/** A cost that is not known is never taken for zero: the challenger would look free, and the budget would not hold. */
function uncounted({ model, cost }: Trial, currency: string): PaddockError {
  const own = cost.currency
  const message =
    own === null
      ? `${excerpt(model)} answered and no price is known for that, so its cost cannot be counted. Give it one in paddock.yaml.`
      : `${excerpt(model)} was paid in ${own} and the race counts in ${currency}. Say what one ${own} is worth: --rate ${own}=…`
  return new PaddockError('argument_invalid', { message })
}
