import { excerpt, PaddockError } from '../../base/errors.ts'
import type { Decision } from '../decide.ts'
import type { AskJudge } from '../ask-judge.ts'
import type { Answered, Ask } from './ask.ts'
import { judgeOf, nameOf, type Arm, type RaceConfig } from './config.ts'
import { GRADERS, type GraderName } from './grade.ts'
import type { Item } from './item.ts'
import { Judging } from './judging.ts'
import type { Labels } from './people.ts'
import { openScoreboard, type Compared, type Row, type Scoreboard } from './scoreboard.ts'
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
  /** What people said of pairs that a judge compared. */
  readonly labels?: Labels | undefined
  readonly ask: Ask
  /** In 1e-12 of the race's currency; null without a limit. */
  readonly budget: bigint | null
  readonly concurrency: number
  /** Stops the race when it is aborted: running calls are waited for, and it can go on later. */
  readonly signal: AbortSignal
  readonly onProgress: (state: Progress) => void
}

export type Progress = { readonly scoreboard: Scoreboard; readonly items: number; readonly spent: bigint }

export type Finished = {
  readonly ending: Ending
  readonly scoreboard: Scoreboard
  readonly items: number
  /** Null where a check compares. */
  readonly judging: Judging | null
}

/**
 * Runs a race, or goes on with one. Calls go out side by side, but items are counted in their order, and an item only when all
 * its answers are there: else quick answers would be seen first, and quick answers are not any answers.
 */
export async function runRace(run: RaceRun): Promise<Finished> {
  const race = new Race(run)
  await race.recall()
  // The first item alone: it says what a call of each model costs, without which no budget could be kept.
  await race.work({ onlyFirst: true })
  const workers = await Promise.allSettled(Array.from({ length: run.concurrency }, () => race.work()))
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason
  return race.finish()
}

/** Thrown where a judge must not be asked: the race or its budget has ended, or it has not yet begun to ask. */
class NoFurtherCall extends Error {}

/** An item's arms are asked, then its judge. */
type Step = { readonly item: Item; readonly arm: Arm | 'judge' }

class Race {
  readonly #run: RaceRun
  readonly #scoreboard: Scoreboard
  /** Calls in the order in which they are made. */
  readonly #calls: Iterator<Step>
  readonly #judging: Judging | null
  /** The dearest call of each arm so far: what the next one is expected to cost at most. */
  readonly #dearest = new Map<string, bigint>()
  readonly #inFlight = new Map<string, number>()
  /** False while only what is known is gone through again. */
  #mayAsk = false
  #counted = 0
  #spent = 0n
  #ending: Ending | null = null

  constructor(run: RaceRun) {
    this.#run = run
    this.#scoreboard = openScoreboard(run.config)
    for (const trial of run.log.trials.values()) this.#pay(trial)
    this.#calls = this.#plan()
    this.#judging =
      judgeOf(run.config.grader) === null
        ? null
        : new Judging({
            items: run.items,
            labels: run.labels ?? new Map(),
            ask: (item, about) => (request, question) => this.#askJudge({ item, about, request, question }),
          })
  }

  /** Counts what the log decides, before anything is asked. */
  async recall(): Promise<void> {
    const { items, config } = this.#run
    this.#count()
    try {
      for (const item of this.#judging === null ? [] : items) {
        if (this.#ending !== null || this.#find(item, config.champion) === undefined) break
        await this.#judge(item)
        this.#count()
      }
    } catch (failure) {
      if (!(failure instanceof NoFurtherCall)) throw failure
    }
    this.#mayAsk = true
  }

  /** Makes one call after the other until there is none left, or no reason for any. */
  async work({ onlyFirst = false } = {}): Promise<void> {
    const { items, signal } = this.#run
    while (this.#ending === null) {
      if (signal.aborted) this.#ending = { kind: 'abort', reason: 'stopped' }
      const step = this.#ending === null ? this.#calls.next() : null
      if (step === null || step.done === true) return
      const { item, arm } = step.value
      try {
        if (arm !== 'judge') await this.#make(item, arm)
        await this.#judge(item)
      } catch (failure) {
        if (failure instanceof NoFurtherCall) return
        // What one worker cannot do, none can: the others make no further call.
        this.#ending = { kind: 'abort', reason: 'stopped' }
        throw failure
      }
      this.#count()
      if (onlyFirst && item === items[0] && arm === 'judge') return
    }
  }

  finish(): Finished {
    // What was under way when the race was stopped is paid for, so it is looked at.
    const stopped = this.#ending?.kind === 'abort' ? this.#ending : null
    if (stopped !== null) this.#ending = null
    this.#count()
    this.#ending ??= stopped
    const decided = this.#decide({ trialsLeft: false })
    const ending = this.#ending ?? (decided.kind === 'continue' ? { kind: 'inconclusive' as const } : decided)
    return { ending, scoreboard: this.#scoreboard, items: this.#counted, judging: this.#judging }
  }

  *#plan(): Generator<Step> {
    const { config, items } = this.#run
    for (const item of items.slice(0, this.#scoreboard.trialsMax)) {
      // Without the champion's answer nothing can be compared.
      if (this.#find(item, config.champion) === null) continue
      for (const arm of [config.champion, ...config.challengers]) {
        const isOut = arm !== config.champion && !this.#scoreboard.running().includes(arm)
        if (!isOut && this.#find(item, arm) === undefined) yield { item, arm }
      }
      yield { item, arm: 'judge' }
    }
  }

  async #make(item: Item, arm: Arm): Promise<void> {
    const { grader } = this.#run.config
    await this.#call({ item: item.id, model: arm.model, copy: arm.copy }, item.request, ({ state, reply }) =>
      // What a judge compares has no score of its own.
      state !== 'ok' || judgeOf(grader) !== null ? 0 : GRADERS[grader as GraderName](reply, item.answer),
    )
  }

  /** Has those answers to an item compared that are there. */
  async #judge(item: Item): Promise<void> {
    const { champion, challengers } = this.#run.config
    const first = this.#find(item, champion)
    if (this.#judging === null || !first) return
    const running = this.#scoreboard.running()
    const answers = challengers.flatMap((arm) => (running.includes(arm) ? (this.#find(item, arm) ?? []) : []))
    await this.#judging.judge(item, first, answers)
  }

  /** What a judge said is in the log like every answer, and is not asked for again. */
  async #askJudge({ item, about, request, question }: ToAsk): Promise<string | null> {
    const { grader, champion, challengers } = this.#run.config
    const model = judgeOf(grader) ?? ''
    const place = { item: item.id, model, copy: 0, question: { ...question, about } }
    const known = this.#find(item, place)
    if (known === null) return null
    if (known !== undefined) return known.state === 'ok' ? known.reply.text : null
    if (!this.#mayAsk || this.#ending !== null) throw new NoFurtherCall()
    const { state, reply, answeredModel } = await this.#call(place, request as Item['request'], () => 0)
    for (const arm of [champion, ...challengers])
      if (answeredModel !== null && this.#find(item, arm)?.answeredModel === answeredModel)
        throw judgesItself(model, arm.model)
    return state === 'ok' ? reply.text : null
  }

  async #call(place: TrialPlace, request: Item['request'], scoreOf: (answered: Answered) => number): Promise<Trial> {
    const { log, ask } = this.#run
    const name = nameOf(place)
    if (this.#overBudget(name)) {
      this.#ending = { kind: 'abort', reason: 'budget' }
      throw new NoFurtherCall()
    }
    this.#inFlight.set(name, (this.#inFlight.get(name) ?? 0) + 1)
    try {
      await log.begin(place)
      const answered = await ask(place.model, request)
      const trial: Trial = { ...place, ...answered, score: scoreOf(answered) }
      await log.finish(trial)
      this.#pay(trial)
      return trial
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
  #overBudget(name: string): boolean {
    const { budget } = this.#run
    if (budget === null) return false
    let expected = this.#spent + (this.#dearest.get(name) ?? 0n)
    for (const [other, calls] of this.#inFlight) expected += BigInt(calls) * (this.#dearest.get(other) ?? 0n)
    return expected > budget
  }

  /** Counts the items that are complete, in their order, and looks after each. */
  #count(): void {
    const { items, onProgress } = this.#run
    while (this.#ending === null && this.#counted < this.#scoreboard.trialsMax) {
      const item = items[this.#counted]
      const row = item === undefined ? null : this.#rowOf(item)
      if (row === null) break
      const asked = this.#scoreboard.running()
      if (item !== undefined)
        this.#judging?.count(
          item,
          asked.flatMap((arm) => this.#find(item, arm) ?? []),
        )
      this.#scoreboard.take(row)
      this.#counted += 1
      const decision = this.#decide({ trialsLeft: this.#counted < this.#scoreboard.trialsMax })
      if (decision.kind !== 'continue') this.#ending = decision
    }
    onProgress({ scoreboard: this.#scoreboard, items: this.#counted, spent: this.#spent })
  }

  /** A sick judge promotes nobody. */
  #decide({ trialsLeft }: { trialsLeft: boolean }): Decision {
    const decision = this.#scoreboard.decision({ trialsLeft })
    const isSick = decision.kind === 'promote' && (this.#judging?.faults() ?? []).length > 0
    return isSick ? { kind: 'inconclusive' } : decision
  }

  /** The item's answers; null while one is missing that is needed. */
  #rowOf(item: Item): Row | null {
    const champion = this.#find(item, this.#run.config.champion)
    if (champion === null) return { champion, challengers: new Map() }
    if (champion === undefined || this.#judging?.isTestedOn(item, champion) === false) return null
    const challengers = new Map<string, Compared | null>()
    for (const arm of this.#scoreboard.running()) {
      const trial = this.#find(item, arm)
      const difference = trial ? this.#differenceOf(champion, trial) : trial
      if (trial === undefined || difference === undefined) return null
      challengers.set(nameOf(arm), trial === null || difference === null ? null : { trial, difference })
    }
    return { champion, challengers }
  }

  #differenceOf(champion: Trial, challenger: Trial): number | null | undefined {
    return this.#judging === null ? challenger.score - champion.score : this.#judging.preferenceOf(challenger)
  }

  /** The answer, null when it was lost in a crash, undefined when it was not asked for. */
  #find(item: Item, place: Omit<TrialPlace, 'item'>): Trial | null | undefined {
    const key = keyOf({ item: item.id, ...place })
    return this.#run.log.trials.get(key) ?? (this.#run.log.lost.has(key) ? null : undefined)
  }
}

type ToAsk = {
  readonly item: Item
  readonly about: string
  readonly request: object
  readonly question: Parameters<AskJudge>[1]
}

/** Found out by what the provider says it used: two names may stand for one model. */
function judgesItself(judge: string, arm: string): PaddockError {
  return new PaddockError('argument_invalid', {
    message: `The judge ${excerpt(judge)} turned out to be the model that answers as ${excerpt(arm)}: no model may judge itself. Name another one.`,
  })
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
