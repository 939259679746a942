import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryDisk, type Survival } from '../../../tests/stand-ins/memory-disk.ts'
import { MemoryLedger } from '../../../tests/stand-ins/memory-ledger.ts'
import { openTestBooks, type TestBooks } from '../../../tests/stand-ins/open-test-books.ts'
import { entryFor, intentOf } from '../../../tests/stand-ins/samples.ts'
import { endOfTurn } from './end-of-turn.ts'
import { entryRow } from './entry-row.ts'
import type { Entry } from './entry.ts'

/**
 * Random schedules of requests, waits, ledger failures, kills and power cuts, also in the middle of a recovery. Everything
 * is in memory and every disk operation takes a turn of the event loop, so a crash falls between any two of them.
 */
type Step =
  | { readonly kind: 'intend' }
  /** Of one of the requests that this run has; which one, by number. */
  | { readonly kind: 'attempt' | 'progress' | 'settle' | 'settleAgain'; readonly which: number }
  | { readonly kind: 'refuse' | 'drain' | 'restart' }
  | { readonly kind: 'wait'; readonly turns: number }
  | { readonly kind: 'ledger'; readonly works: boolean }
  | Crash

type Crash = {
  readonly kind: 'crash'
  readonly power: boolean
  /** Decides what of the un-synced survives. */
  readonly seed: number
  /** Crash again this many turns into the recovery. */
  readonly again: number | null
}

const which = fc.nat(15)
const step = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ kind: 'intend' }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('settle'), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('attempt', 'progress', 'settleAgain'), which }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'refuse' }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'drain' }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait'), turns: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ledger'), works: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('crash'),
      power: fc.boolean(),
      seed: fc.nat(),
      again: fc.option(fc.nat(25)),
    }),
  },
) as fc.Arbitrary<Step>

/** A run of the process after another on the same disk, and what was promised to callers meanwhile. */
class World {
  readonly asked = new Set<string>()
  readonly settled = new Map<string, Entry>()
  readonly acknowledgedIntents = new Set<string>()
  readonly acknowledgedEntries = new Map<string, Entry>()
  /** Requests of this run of the process that may still settle: a crash takes them with it. */
  live = new Set<string>()
  test: TestBooks

  private constructor(test: TestBooks) {
    this.test = test
  }

  static async open(): Promise<World> {
    return new World(await openOn(new MemoryDisk({ latency: endOfTurn }), new MemoryLedger()))
  }

  async run(step: Step): Promise<void> {
    switch (step.kind) {
      case 'wait':
        return turns(step.turns)
      case 'crash':
        return this.crash(step)
      case 'ledger':
        this.test.ledger.failure = step.works ? null : new Error('database is locked')
        return
      case 'intend':
        return this.#intend(`r${this.asked.size}`)
      case 'drain':
        void this.test.books.drained().catch(() => undefined)
        return
      case 'restart':
        return this.restart()
      case 'refuse':
        return this.#settle(`r${this.asked.size}`)
      case 'attempt':
      case 'progress':
      case 'settle':
      case 'settleAgain':
        return this.#goOn(step.kind, [...this.live][step.which % this.live.size])
    }
  }

  /** As an operator does it: stop, start. */
  async restart(): Promise<void> {
    this.live = new Set()
    await this.test.books.close()
    this.test = await openOn(this.test.disk, this.test.ledger)
  }

  async crash({ power, seed, again }: Crash): Promise<void> {
    this.live = new Set()
    const left = leftAfter(this.test.disk, this.test.ledger, { power, random: pseudoRandom(seed) })
    const starting = openOn(left.disk, left.ledger)
    if (again !== null) {
      await turns(again)
      const rest = leftAfter(left.disk, left.ledger, { power, random: pseudoRandom(seed + 1) })
      this.test = await openOn(rest.disk, rest.ledger)
    } else this.test = await starting
  }

  #intend(id: string): void {
    const { live } = this
    this.asked.add(id)
    void this.test.books.intend(intentOf(id)).then(() => {
      this.acknowledgedIntents.add(id)
      live.add(id)
    })
  }

  #goOn(kind: 'attempt' | 'progress' | 'settle' | 'settleAgain', id: string | undefined): void {
    const { books } = this.test
    if (id === undefined) return
    if (kind === 'attempt')
      books.attempt({ id, provider: 'lab', model: 'large', started_at: '2024-05-21T12:00:00.003Z' })
    if (kind === 'progress') books.progress({ id, output: 77 })
    if (kind === 'settle') this.#settle(id)
    // A second entry of other content, which must change nothing.
    if (kind === 'settleAgain' && this.settled.has(id)) void books.settle(entryFor(id, { state: 'timeout' }))
  }

  #settle(id: string): void {
    if (this.settled.has(id)) return
    const entry = entryFor(id, { duration_ms: this.settled.size })
    this.asked.add(id)
    this.settled.set(id, entry)
    void this.test.books.settle(entry).then(() => this.acknowledgedEntries.set(id, entry))
  }
}

function openOn(disk: MemoryDisk, ledger: MemoryLedger): Promise<TestBooks> {
  return openTestBooks({
    disk,
    ledger,
    limits: { segmentBytesMax: 1_500, ballastBytes: 64, batchRowsMax: 3, handedRowsMax: 5 },
  })
}

type Left = { readonly disk: MemoryDisk; readonly ledger: MemoryLedger }

function leftAfter(
  disk: MemoryDisk,
  ledger: MemoryLedger,
  { power, random }: { power: boolean; random: Survival },
): Left {
  return power
    ? { disk: disk.cutPower(random), ledger: ledger.afterPowerCut(random) }
    : { disk: disk.kill(), ledger: ledger.afterKill() }
}

/** A number from 0 to n, the same again for the same seed. Often all or nothing, as disks have it. */
function pseudoRandom(seed: number): Survival {
  let state = seed % 2_147_483_647 || 1
  return (most) => {
    state = (state * 48_271) % 2_147_483_647
    const choice = state % 4
    if (choice === 0) return 0
    return choice === 1 ? most : (state >> 3) % (most + 1)
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await endOfTurn()
}

function judge({ asked, acknowledgedIntents, acknowledgedEntries, test }: World): void {
  const { rows } = test.ledger
  const wrong = [...acknowledgedEntries]
    .filter(([id, entry]) => !isSame(rows.get(id), entryRow(entry)))
    .map(([id]) => id)
  const lost = [...acknowledgedIntents].filter((id) => !rows.has(id))
  const strange = [...rows.keys()].filter((id) => !asked.has(id))
  expect({ wrong, lost, strange }).toEqual({ wrong: [], lost: [], strange: [] })
  expect(test.books.status()).toMatchObject({ openIntents: 0, undrainedEntries: 0, undrainedBytes: 0 })
}

function isSame(left: unknown, right: unknown): boolean {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : (each as unknown)))
  return text(left) === text(right)
}

describe('[B19] after any crash', () => {
  it('every acknowledged settle is there once and as given, every acknowledged intent has an entry, and nothing else', async () => {
    let crashes = 0
    let acknowledged = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 160 }), async (steps) => {
        const world = await World.open()
        for (const each of steps) await world.run(each)
        await world.crash({ kind: 'crash', power: true, seed: steps.length, again: null })
        await world.test.books.drained()
        judge(world)
        crashes += 1 + steps.filter(({ kind }) => kind === 'crash').length
        acknowledged += world.acknowledgedEntries.size
        world.test.disk.kill()
      }),
      { numRuns: 1_000 },
    )
    // The schedules were worth something.
    expect(crashes).toBeGreaterThan(2_000)
    expect(acknowledged).toBeGreaterThan(3_000)
  }, 120_000)
})
