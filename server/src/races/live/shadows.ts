import type { TrialMark } from '@paddock/contract/entry'
import { matchesSchema } from '@paddock/contract/json-schema'
import type { Clock } from '../../base/clock.ts'
import type { Entry } from '../../books/entry.ts'
import { assignShadow } from './assignment.ts'
import { judgeCanaries, judgePair, type AskJudge, type ToJudge } from '../ask-judge.ts'
import { NOT_MIRRORED, runners, type LiveRace, type MirrorCounts, type ShadowConfig } from './live-race.ts'
import { saveMirrored } from './race-rows.ts'
import { JUDGE_ARM } from './record.ts'
import { addSignal, type NewSignal } from './signals.ts'
import type { RaceDatabase } from './tables.ts'

/** Requests that are sent once more to a challenger, and what is made of the two answers. */

export type Booked = {
  readonly trial: TrialMark
  readonly organisationId: string
  readonly teamId: string
  readonly keyId: string
}

export type Shadow = Omit<Booked, 'organisationId'> & { readonly model: string }

export type Answered = { readonly entry: Entry; readonly text: string | null }

export type AnsweredPair = {
  readonly shadow: Shadow
  readonly request: Buffer
  readonly champion: Answered
  readonly challenger: Answered | null
}

/** Asks a model a question of the race's own. */
export type AskAside = (call: Booked & { readonly model: string; readonly request: object }) => Promise<Answered>

export type ShadowParts = {
  readonly tables: RaceDatabase
  readonly clock: Clock
  readonly ask: AskAside
  /** The open race of this id. */
  readonly raceOf: (id: string) => LiveRace | null
  /** What a race has spent beside its route's own requests, as far as the ledger knows; in the race's currency. */
  readonly spentOf: (race: LiveRace) => number
  /** Infinity where no price or rate says what it was: then nothing more is spent. */
  readonly costOf: (entry: Entry, race: LiveRace) => number
}

/** The team and the key that calls of races are booked to: they are nobody's usage. */
const TEAM = 'races'

const UNITS_REMEMBERED_MAX = 100_000

/** What of a race runs now, and what has come of it since the server started. */
type Running = {
  calls: number
  spent: number
  dearest: number
  counts: MirrorCounts
  /** Pairs that were shown to a judge. */
  judged: number
  readonly units: Set<string>
}

export class Shadows {
  readonly #parts: ShadowParts
  readonly #running = new Map<string, Running>()

  constructor(parts: ShadowParts) {
    this.#parts = parts
  }

  /** Null where the request is not the champion's, was looked at before, or would be too many, too dear, or has tools. */
  shadowOf({ id, state, trial, provider, model }: Entry, { hasTools }: { hasTools: boolean }): Shadow | null {
    const race = trial === undefined || trial.mirror_of !== null ? null : this.#parts.raceOf(trial.race)
    const shadow = race?.config.shadow ?? null
    if (race === null || trial === undefined || shadow === null || state !== 'ok') return null
    if (race.promotion !== null || `${provider}/${model}` !== race.config.champion) return null
    const running = this.#of(race)
    if (race.config.unit !== 'request' && running.units.has(trial.unit)) return null
    const challenger = assignShadow(race, trial.unit, runners(race))
    if (challenger === null) return null
    const hindrance = this.#hindrance(race, { shadow, running, hasTools })
    running.counts = { ...running.counts, [hindrance ?? 'repeated']: running.counts[hindrance ?? 'repeated'] + 1 }
    if (hindrance !== null) return null
    running.calls += 1
    if (running.units.size < UNITS_REMEMBERED_MAX) running.units.add(trial.unit)
    return {
      model: challenger,
      trial: { ...trial, arm: challenger, mirror_of: id },
      teamId: TEAM,
      keyId: `race:${race.id}`,
    }
  }

  async compared({ shadow, request, champion, challenger }: AnsweredPair): Promise<void> {
    const race = this.#parts.raceOf(shadow.trial.race)
    if (race === null) return
    const running = this.#of(race)
    try {
      if (challenger === null) return
      this.#pay(race, challenger.entry)
      const graded = await this.#grade(race, { shadow, request, champion, challenger })
      if (graded === null) return
      const signal = { trial: challenger.entry.id, race: race.id, ...graded }
      await addSignal(this.#parts.tables, signal, this.#parts.clock)
    } finally {
      running.calls -= 1
    }
  }

  /** Puts the counts where other processes see them. */
  async save(race: LiveRace): Promise<void> {
    const running = this.#running.get(race.id)
    if (running !== undefined) await saveMirrored(this.#parts.tables, race.id, running.counts)
  }

  #of(race: LiveRace): Running {
    const known = this.#running.get(race.id)
    if (known !== undefined) return known
    const running = {
      calls: 0,
      spent: 0,
      dearest: 0,
      judged: 0,
      counts: { ...NOT_MIRRORED, ...race.mirrored },
      units: new Set<string>(),
    }
    this.#running.set(race.id, running)
    return running
  }

  #hindrance(
    race: LiveRace,
    { shadow, running, hasTools }: { shadow: ShadowConfig; running: Running; hasTools: boolean },
  ): 'busy' | 'budget' | 'tools' | null {
    if (hasTools && !shadow.tools) return 'tools'
    if (running.calls >= shadow.concurrencyMax) return 'busy'
    // A judge reads both answers twice, so a pair may cost a multiple of the call.
    const factor = shadow.grader.kind === 'judge' ? JUDGE_FACTOR : 1
    const mayCost = (running.calls + 1) * running.dearest * factor
    const spent = Math.max(running.spent, this.#parts.spentOf(race))
    if (spent + mayCost < Number(shadow.budget)) return null
    // What runs may turn out cheaper; when nothing does, the budget is used up.
    return running.calls > 0 ? 'busy' : 'budget'
  }

  #pay(race: LiveRace, entry: Entry): void {
    const running = this.#of(race)
    const cost = this.#parts.costOf(entry, race)
    running.spent += cost
    running.dearest = Math.max(running.dearest, cost)
  }

  async #grade(
    race: LiveRace,
    { shadow, request, champion, challenger }: AnsweredPair & { challenger: Answered },
  ): Promise<Pick<NewSignal, 'source' | 'reviewer' | 'value' | 'comment'> | null> {
    const grader = race.config.shadow?.grader
    if (grader === undefined || champion.text === null) return null
    if (challenger.text === null)
      return { source: 'check', reviewer: 'no answer', value: -1, comment: challenger.entry.error }
    if (grader.kind !== 'judge') {
      const value = GRADERS[grader.kind](request, { champion: champion.text, challenger: challenger.text })
      return value === null ? null : { source: 'check', reviewer: grader.kind, value, comment: null }
    }
    const pair = { request: request.toString(), champion: champion.text, challenger: challenger.text }
    const ask = this.#judgeFor(race, { shadow, organisationId: champion.entry.organisation_id, model: grader.model })
    await this.#testJudge(race, { ask, pair, trial: challenger.entry.id, model: grader.model })
    const { preference, ...both } = await judgePair(ask, pair)
    return preference === null
      ? null
      : { source: 'judge', reviewer: grader.model, value: preference, comment: JSON.stringify(both) }
  }

  #judgeFor(
    race: LiveRace,
    { shadow, organisationId, model }: { shadow: Shadow; organisationId: string; model: string },
  ): AskJudge {
    return async (question) => {
      const trial = { ...shadow.trial, arm: JUDGE_ARM }
      const request = { ...question, model }
      const said = await this.#parts.ask({ ...shadow, organisationId, trial, model, request })
      this.#pay(race, said.entry)
      return said.text
    }
  }

  /** Now and then a judge is shown pairs whose outcome is known. */
  async #testJudge(race: LiveRace, { ask, pair, trial, model }: Tested): Promise<void> {
    const running = this.#of(race)
    running.judged += 1
    if (running.judged % CANARY_EVERY !== 1) return
    for (const canary of await judgeCanaries(() => ask, pair)) {
      const reviewer = `${model} ${canary.kind}`
      const said = {
        source: 'canary',
        reviewer,
        value: canary.preference ?? 0,
        comment: JSON.stringify(canary),
      } as const
      await addSignal(this.#parts.tables, { trial, race: race.id, ...said }, this.#parts.clock)
    }
  }
}

type Tested = {
  readonly ask: AskJudge
  readonly pair: ToJudge
  readonly trial: string
  readonly model: string
}

const JUDGE_FACTOR = 8
/** The first pair of every so many tests the judge, too. */
const CANARY_EVERY = 25

type Texts = { readonly champion: string; readonly challenger: string }

const GRADERS = {
  /** The challenger says the same as the champion, white space at the ends aside. */
  exact: (_request: Buffer, { champion, challenger }: Texts): number =>
    champion.trim() === challenger.trim() ? 0 : -1,
  /** Each answer keeps to the schema of its request, or does not; requests without a schema say nothing. */
  'json-schema': (request: Buffer, { champion, challenger }: Texts): number | null => {
    const schema = schemaOf(JSON.parse(request.toString()) as Asked)
    return schema === null ? null : keeps(schema, challenger) - keeps(schema, champion)
  },
} as const

type Asked = {
  readonly response_format?: { readonly json_schema?: { readonly schema?: object } }
  readonly text?: { readonly format?: { readonly schema?: object } }
  readonly output_format?: { readonly schema?: object }
}

/** Where each dialect has it: chat, responses, messages. */
function schemaOf({ response_format, text, output_format }: Asked): Readonly<Record<string, unknown>> | null {
  const schema = response_format?.json_schema?.schema ?? text?.format?.schema ?? output_format?.schema
  return schema === undefined ? null : (schema as Readonly<Record<string, unknown>>)
}

function keeps(schema: Readonly<Record<string, unknown>>, answer: string): 0 | 1 {
  try {
    return matchesSchema(schema, JSON.parse(answer)) ? 1 : 0
  } catch {
    return 0
  }
}
