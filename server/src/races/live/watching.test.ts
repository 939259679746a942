import { describe, expect, it } from 'vitest'
import { NO_USAGE } from '@paddock/contract/usage'
import { seededBy } from '../../../../tests/seed.ts'
import { CHALLENGER, CHAMPION, wanted } from './fixtures/lab-traffic.ts'
import type { LiveRace } from './live-race.ts'
import type { RaceRecord, Trial } from './record.ts'
import { whyRollBack } from './watching.ts'

const race: LiveRace = {
  id: 'race-1',
  config: { ...wanted(), seed: 's', trialsMax: 1, bounds: { latencyMs: null, firstTokenMs: null } },
  configSha256: '',
  state: 'watching',
  phases: [
    {
      since: 0,
      kind: 'watch',
      arms: [
        { name: CHAMPION, share: 0.05 },
        { name: CHALLENGER, share: 0.95 },
      ],
      centres: { quality: 0.85, errors: 0.99, latency: 0.95, firstToken: 0.95 },
    },
  ],
  startedAt: 0,
  endedAt: null,
  reason: null,
  promotion: { at: 0, model: CHALLENGER, before: null },
  mirrored: { repeated: 0, busy: 0, budget: 0, tools: 0 },
}

type Week = { readonly requests: number; readonly liked: number; readonly failing: number; readonly seed: number }

/** Traffic behind a promotion, every answer rated: the old champion is liked in 85 % and fails in 1 %. */
function why({ requests, liked, failing, seed }: Week): string | null {
  const random = seededBy(seed)
  const record = new LabRecord()
  for (let index = 0; index < requests; index += 1) {
    const arm = random.fraction() < 0.05 ? CHAMPION : CHALLENGER
    const isNew = arm === CHALLENGER
    const answered = random.fraction() >= (isNew ? failing : 0.01)
    record.add(
      { ...TRIAL, id: String(index), unit: String(index), arm, model: arm, answered },
      Number(random.fraction() < (isNew ? liked : 0.85)),
    )
    if (index % 1_000 === 999) {
      const found = whyRollBack(race, record)
      if (found !== null) return found
      record.forget()
    }
  }
  return whyRollBack(race, record)
}

const TRIAL = { at: 0, phase: 0, mirrorOf: null, usage: NO_USAGE, cost: null, durationMs: 1, firstByteMs: null }

/** A record that keeps no more than the watch has not looked at: a week of traffic need not be held at once. */
class LabRecord implements Pick<RaceRecord, 'inOrder' | 'ratedInOrder' | 'trial' | 'qualityOf'> {
  readonly inOrder: Trial[] = []
  readonly ratedInOrder: string[] = []
  readonly #said = new Map<string, { trial: Trial; value: number }>()

  add(trial: Trial, value: number): void {
    this.inOrder.push(trial)
    this.ratedInOrder.push(trial.id)
    this.#said.set(trial.id, { trial, value })
  }

  forget(): void {
    this.#said.clear()
  }

  trial(id: string): Trial | null {
    return this.#said.get(id)?.trial ?? null
  }

  qualityOf(id: string): number | null {
    return this.#said.get(id)?.value ?? null
  }
}

describe('the watch after a promotion', () => {
  it.each([5, 20, 100])(
    '[H30] lets a model that is as good lead for a week at %d requests a minute',
    (perMinute) => {
      for (const seed of perMinute === 100 ? [1] : [1, 2, 3])
        expect(why({ requests: perMinute * 7 * 1_440, liked: 0.85, failing: 0.01, seed })).toBeNull()
    },
    60_000,
  )

  it('[H30] finds one that is 15 points worse in some thousand ratings, and one that fails at once', () => {
    expect(why({ requests: 8_000, liked: 0.7, failing: 0.01, seed: 4 })).toMatch(/worse than the old champion/)
    expect(why({ requests: 100, liked: 0.85, failing: 0.8, seed: 5 })).toMatch(/fail too often/)
  })
})
