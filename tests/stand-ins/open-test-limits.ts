import type { LimitsSetting } from '@paddock/contract/config'
import { PaddockError } from '../../server/src/base/errors.ts'
import { openLimits } from '../../server/src/limits/limits.ts'
import { MemoryCounters } from '../../server/src/limits/memory-counters.ts'
import type { Permit } from '../../server/src/limits/permit.ts'
import { readLimitRules } from '../../server/src/limits/rules.ts'
import type { Line } from '../../server/src/limits/seats.ts'
import type { Who } from '../../server/src/limits/who.ts'
import { MovingClock } from './moving-clock.ts'

const named = (id: string) => ({ id, name: id })

/** A caller's line that can be hung up. */
export class TestLine implements Line {
  gone = false
  #react: (() => void) | null = null

  get isHeard(): boolean {
    return this.#react !== null
  }

  whenGone(react: (() => void) | null): void {
    this.#react = react
  }

  hangUp(): void {
    this.gone = true
    this.#react?.()
  }
}

type Wanted = { key?: string; team?: string; model?: string; tokens?: number; line?: Line; own?: Who['own'] }

/** Limits of these settings, with a clock that stands still, and short ways to ask. */
export function openTestLimits(setting: LimitsSetting) {
  const clock = new MovingClock(7_000)
  let rules = readLimitRules(setting)
  const limits = openLimits({ clock, counters: new MemoryCounters(clock), rules: () => rules })
  const who = ({ key = 'k', team = 't', own = null }: Wanted): Who => {
    return { key: named(key), team: named(team), organisation: named('o'), own }
  }
  const ask = async (wanted: Wanted = {}): Promise<Permit | null> => {
    const { model = 'lab/small', tokens = 10, line = new TestLine() } = wanted
    return limits.admit({ who: who(wanted), model, tokens, line })
  }
  return {
    clock,
    limits,
    who,
    ask,
    admitted: async (wanted?: Wanted): Promise<Permit> => (await ask(wanted))!,
    refused: (wanted?: Wanted): Promise<PaddockError> => refusalOf(ask(wanted)),
    replaceRules: (next: LimitsSetting) => {
      rules = readLimitRules(next)
    },
  }
}

/** What a request was refused with. */
export async function refusalOf(asked: Promise<Permit | null>): Promise<PaddockError> {
  const outcome = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (outcome instanceof PaddockError) return outcome
  throw new Error('it was admitted')
}

/** When everything that could go on by itself has done so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
