import { join } from 'node:path'
import type { EntryRecord, EntryState } from '@paddock/contract/entry'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../../../tests/seed.ts'
import { MovingClock } from '../../../../tests/stand-ins/moving-clock.ts'
import { entryFor, NOON } from '../../../../tests/stand-ins/samples.ts'
import { tempFolder } from '../../../../tests/stand-ins/temp-folder.ts'
import { openStore } from '../../store/store.ts'
import { SqlOnce, type Claim, type OnceLimits } from './once.ts'
import { onceMigrations, type OnceTables } from './tables.ts'

const HOUR_MS = 3_600_000
const LIMITS: OnceLimits = { keptMs: 24 * HOUR_MS, replyBytesMax: 10_000, organisationBytesMax: 1_000_000 }

/** Names in a real database, beside books that say what a test says. `restart` is what is left after a crash. */
async function openTestOnce(changes: Partial<OnceLimits> = {}) {
  const folder = tempFolder()
  const store = openStore(join(folder.path, 'paddock.db'))
  await store.migrate(onceMigrations)
  const clock = new MovingClock(NOON)
  const entries = new Map<string, EntryRecord>()
  const open = new Set<string>()
  const books = { find: async (id: string) => entries.get(id) ?? null, isOpen: (id: string) => open.has(id) }
  const restart = (): SqlOnce => new SqlOnce({ store, clock, books, limits: () => ({ ...LIMITS, ...changes }) })
  return {
    clock,
    open,
    once: restart(),
    restart,
    settle: (id: string, state: EntryState) =>
      entries.set(id, { ...entryFor(id, { state }), kind: 'request', adjusts: null, reason: null }),
    rows: () => store.tables<OnceTables>().selectFrom('once').select(['key', 'bytes']).orderBy('created_at').execute(),
    [Symbol.asyncDispose]: async () => {
      await store.close()
      folder[Symbol.dispose]()
    },
  }
}

function claimOf(requestId: string, changes: Partial<Claim> = {}): Claim {
  return { key: 'name', fingerprint: 'body', requestId, organisationId: 'org', ...changes }
}

const reply = (requestId: string, size = 5): { requestId: string; headers: Record<string, string>; body: Buffer } => ({
  requestId,
  headers: { 'content-type': 'text/plain' },
  body: Buffer.alloc(size, 'x'),
})

describe('[G55] a name after a crash', () => {
  // Where the process died: before the intent, while a provider was called, between the entry and the answer, behind that.
  it('is free where no provider had been called', async () => {
    await using test = await openTestOnce()
    await test.once.claim(claimOf('first'))
    expect(await test.restart().claim(claimOf('second', { fingerprint: 'another body' }))).toEqual({ kind: 'taken' })
  })

  it('counts as running until what was left open has its entry, and then is lost', async () => {
    await using test = await openTestOnce()
    await test.once.claim(claimOf('first'))
    test.open.add('first')
    const once = test.restart()
    expect(await once.claim(claimOf('second'))).toEqual({ kind: 'running' })
    test.open.delete('first')
    test.settle('first', 'orphan')
    expect(await once.claim(claimOf('second'))).toEqual({ kind: 'lost', requestId: 'first' })
    expect(await once.claim(claimOf('second', { fingerprint: 'another body' }))).toEqual({ kind: 'other' })
  })

  it.each<[EntryState, string]>([
    ['ok', 'lost'],
    ['unpriced', 'lost'],
    ['client_gone', 'lost'],
    ['stopped_budget', 'lost'],
    ['upstream_error', 'taken'],
    ['timeout', 'taken'],
    ['refused', 'taken'],
  ])('whose entry is %s and whose answer was not kept is %s', async (state, kind) => {
    await using test = await openTestOnce()
    await test.once.claim(claimOf('first'))
    test.settle('first', state)
    expect(await test.restart().claim(claimOf('second'))).toMatchObject({ kind })
  })

  it('gives the answer that was kept', async () => {
    await using test = await openTestOnce()
    await test.once.claim(claimOf('first'))
    await test.once.keep(claimOf('first'), reply('first'))
    const found = await test.restart().claim(claimOf('second'))
    expect(found).toMatchObject({ kind: 'answered', reply: { requestId: 'first', headers: reply('').headers } })
    expect(found.kind === 'answered' && Buffer.from(found.reply.body).toString()).toBe('xxxxx')
  })
})

describe('[G51] of many who claim a name', () => {
  it('at once, one has it: whether it is new, or what it stood for came to nothing', async () => {
    await using test = await openTestOnce()
    for (const round of ['new', 'failed']) {
      const claims = Array.from({ length: 30 }, (_, index) => claimOf(`${round}-${index}`))
      const claimed = await Promise.all(claims.map((claim) => test.once.claim(claim)))
      expect(claimed.filter(({ kind }) => kind === 'taken')).toHaveLength(1)
      expect(claimed.filter(({ kind }) => kind === 'running')).toHaveLength(29)
      const taken = claims[claimed.findIndex(({ kind }) => kind === 'taken')] ?? claimOf('')
      test.settle(taken.requestId, 'upstream_error')
      test.once.end(taken)
    }
  })

  it('while others are answered, no answer that was kept is ever called lost', async () => {
    await using test = await openTestOnce()
    const random = seeded()
    const told: string[] = []
    const ask = async (round: number, caller: number): Promise<void> => {
      const claim = claimOf(`${round}-${caller}`, { key: `name ${round}` })
      for (let turns = random.below(60); turns > 0; turns -= 1) await Promise.resolve()
      const { kind } = await test.once.claim(claim)
      told.push(kind)
      if (kind !== 'taken') return
      test.settle(claim.requestId, 'ok')
      await test.once.keep(claim, reply(claim.requestId))
      test.once.end(claim)
    }
    for (let round = 0; round < 100; round += 1) await Promise.all([0, 1, 2, 3].map((caller) => ask(round, caller)))
    const message = `seed ${random.seed}`
    expect(
      told.filter((kind) => kind === 'taken'),
      message,
    ).toHaveLength(100)
    expect(new Set(told), message).toEqual(new Set(['taken', 'running', 'answered']))
  })
})

describe('[G54] names are kept', () => {
  it('for their time: then they are free, and cleaned away', async () => {
    await using test = await openTestOnce()
    await test.once.claim(claimOf('first'))
    await test.once.keep(claimOf('first'), reply('first'))
    test.once.end(claimOf('first'))
    test.clock.advance(24 * HOUR_MS - 1)
    expect(await test.once.claim(claimOf('second'))).toMatchObject({ kind: 'answered' })
    expect(await test.once.clean()).toBe(0)
    test.clock.advance(1)
    expect(await test.once.claim(claimOf('third', { fingerprint: 'another body' }))).toEqual({ kind: 'taken' })
    test.clock.advance(24 * HOUR_MS)
    expect(await test.once.clean()).toBe(1)
    expect(await test.rows()).toEqual([])
  })

  it('within the room of their organisation: the oldest go first, and nobody else’s, and none that runs', async () => {
    await using test = await openTestOnce({ organisationBytesMax: 20_000 })
    const running = claimOf('running', { key: 'running', organisationId: 'other' })
    await test.once.claim(running)
    for (let count = 0; count < 50; count += 1) {
      test.clock.advance(1)
      const claim = claimOf(`r${count}`, { key: `n${count}` })
      await test.once.claim(claim)
      await test.once.keep(claim, reply(claim.requestId, 1_000))
      test.once.end(claim)
      const held = (await test.rows()).filter(({ key }) => key !== 'running')
      expect(held.reduce((sum, { bytes }) => sum + bytes, 0n)).toBeLessThanOrEqual(20_000n)
    }
    const left = (await test.rows()).map(({ key }) => key)
    expect(left).toContain('running')
    expect(left.at(-1)).toBe('n49')
    expect(left).not.toContain('n30')
    expect(left.length).toBeGreaterThan(10)
  })

  it('so that many names without an answer do not pile up either', async () => {
    await using test = await openTestOnce({ organisationBytesMax: 10_240 })
    for (let count = 0; count < 100; count += 1) {
      const claim = claimOf(`r${count}`, { key: `n${count}` })
      await test.once.claim(claim)
      test.once.end(claim)
    }
    expect((await test.rows()).length).toBeLessThanOrEqual(20)
  })
})
