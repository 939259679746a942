import { describe, expect, it } from 'vitest'
import { MovingClock } from '../../../tests/stand-ins/moving-clock.ts'
import type { Permit } from './permit.ts'
import { openLimits, type Limits } from './limits.ts'
import { MemoryCounters } from './memory-counters.ts'
import { readLimitRules } from './rules.ts'

/** A server with sixteen places, simulated in virtual time: what happens depends on the seeds and on nothing else. */
const PLACES = 16
const SERVICE_MS_MEAN = 1_000
const SHARE_PER_SECOND = PLACES / 2
const SECONDS = 60
const SEEDS = [1, 2, 3]

type Random = () => number
type Service = (random: Random) => number
type Request = { readonly key: 'quiet' | 'loud'; readonly at: number; readonly serviceMs: number }
type Outcome = { readonly latenciesMs: number[]; refused: number }

const SERVICES: readonly (readonly [what: string, service: Service])[] = [
  ['all take the same time', () => SERVICE_MS_MEAN],
  ['few take very long', (random) => -Math.log(1 - random()) * SERVICE_MS_MEAN],
]

describe('a key that asks for fifty times its share', () => {
  it.each(SERVICES)('[L9] leaves the 99th percentile of another within 20 percent when %s', async (_what, service) => {
    const calm = await simulateAll(1, service)
    const flooded = await simulateAll(50, service)
    expect([calm.refused, flooded.refused]).toEqual([0, 0])
    expect(flooded.latenciesMs).toHaveLength(calm.latenciesMs.length)
    const [before, after] = [calm, flooded].map(({ latenciesMs }) => percentile(latenciesMs, 0.99))
    expect(after! / before!).toBeLessThanOrEqual(1.2)
  })
})

/** The quiet key asks for half of its share, and for the same with every flood. */
async function simulateAll(timesShare: number, service: Service): Promise<Outcome> {
  const outcomes: Outcome[] = []
  for (const seed of SEEDS) {
    const quiet = arrivals('quiet', { perSecond: SHARE_PER_SECOND / 2, service, random: seeded(seed) })
    const loud = arrivals('loud', { perSecond: SHARE_PER_SECOND * timesShare, service, random: seeded(-seed) })
    outcomes.push(await simulate([...quiet, ...loud]))
  }
  return {
    latenciesMs: outcomes.flatMap(({ latenciesMs }) => latenciesMs),
    refused: outcomes.reduce((sum, { refused }) => sum + refused, 0),
  }
}

/** What became of the quiet key's requests. */
async function simulate(requests: readonly Request[]): Promise<Outcome> {
  const clock = new MovingClock()
  const rules = readLimitRules({ concurrent: PLACES, waiting: { requests: 64, seconds: 600 } })
  const limits = openLimits({ clock, counters: new MemoryCounters(clock), rules: () => rules })
  const outcome: Outcome = { latenciesMs: [], refused: 0 }
  const ends = new Agenda()
  for (const request of requests.toSorted((one, other) => one.at - other.at)) {
    await runUntil(request.at, { clock, ends })
    serve(request, { clock, limits, ends, outcome })
    await turn()
  }
  await runUntil(Infinity, { clock, ends })
  return outcome
}

type World = { readonly clock: MovingClock; readonly limits: Limits; readonly ends: Agenda; readonly outcome: Outcome }

function serve({ key, at, serviceMs }: Request, { clock, limits, ends, outcome }: World): void {
  const named = { id: key, name: key }
  const line = { gone: false, whenGone: () => undefined }
  const who = { key: named, team: named, organisation: named, own: null }
  const admit = async (): Promise<Permit | null> => limits.admit({ who, model: 'lab/small', tokens: 1, line })
  admit().then(
    (permit) => {
      ends.add(clock.elapsed() + serviceMs, () => {
        permit?.settle({ tokens: 1 })
        if (key === 'quiet') outcome.latenciesMs.push(clock.elapsed() - at)
      })
    },
    () => {
      if (key === 'quiet') outcome.refused += 1
    },
  )
}

async function runUntil(time: number, { clock, ends }: Pick<World, 'clock' | 'ends'>): Promise<void> {
  for (let next = ends.next(time); next; next = ends.next(time)) {
    clock.advance(next.at - clock.elapsed())
    next.act()
    await turn()
  }
  if (time < Infinity) clock.advance(time - clock.elapsed())
}

/** Few things are planned at once, so a list will do. */
class Agenda {
  #planned: { at: number; act: () => void }[] = []

  add(at: number, act: () => void): void {
    const later = this.#planned.findIndex((each) => each.at > at)
    this.#planned.splice(later === -1 ? this.#planned.length : later, 0, { at, act })
  }

  /** The first thing that is planned until this time. */
  next(until: number): { at: number; act: () => void } | undefined {
    const [first] = this.#planned
    return first && first.at <= until ? this.#planned.shift() : undefined
  }
}

/** Independent callers: exponential gaps. */
function arrivals(
  key: Request['key'],
  { perSecond, service, random }: { perSecond: number; service: Service; random: Random },
): Request[] {
  const requests: Request[] = []
  for (let at = 0; at < SECONDS * 1_000; at += (-Math.log(1 - random()) * 1_000) / perSecond) {
    requests.push({ key, at, serviceMs: service(random) })
  }
  return requests
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)]!
}

/** Mulberry32: small, and good enough to make traffic. */
function seeded(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
