import { describe, expect, it, vi } from 'vitest'
import { MemoryDisk } from '../../../tests/stand-ins/memory-disk.ts'
import { openTestBooks } from '../../../tests/stand-ins/open-test-books.ts'
import { entryFor, intentOf } from '../../../tests/stand-ins/samples.ts'
import { deferred } from './deferred.ts'
import { endOfTurn } from './end-of-turn.ts'
import type { AttemptStart } from './entry.ts'
import { readFrames } from './frame.ts'
import { readRecord } from './record.ts'

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `r${index}`)

const attemptOf = (id: string, model: string): AttemptStart => ({
  id,
  provider: 'lab',
  model,
  started_at: '2024-05-21T12:00:00.003Z',
})

/** What the journal's segments say, without their heads: "intent r1", "settle r1". */
function recordsOn(disk: MemoryDisk, names: readonly string[]): string[] {
  const records = names.flatMap((name) =>
    [...readFrames(disk.content(name))].map((piece) => (piece.kind === 'frame' ? readRecord(piece) : null)),
  )
  return records.flatMap((record) => (record && record.kind !== 'head' ? `${record.kind} ${record.value.id}` : []))
}

const segmentsOn = async (disk: MemoryDisk): Promise<string[]> =>
  (await disk.list()).filter((name) => name.startsWith('j-')).toSorted()

/** A disk that answers nothing from `hold` until `release`. What `hold` gives resolves when something is asked of it. */
type GatedDisk = { readonly disk: MemoryDisk; readonly hold: () => Promise<void>; readonly release: () => void }

function gatedDisk(): GatedDisk {
  const gate = deferred()
  const asked = deferred()
  let isHeld = false
  const disk = new MemoryDisk({
    latency: () => {
      if (!isHeld) return Promise.resolve()
      asked.resolve()
      return gate.promise
    },
  })
  return {
    disk,
    hold: () => {
      isHeld = true
      return asked.promise
    },
    release: () => {
      gate.resolve()
    },
  }
}

describe('group commit', () => {
  it('[B3] makes a thousand concurrent intents durable by two syncs', async () => {
    await using test = await openTestBooks()
    await Promise.all(ids(1000).map((id) => test.books.intend(intentOf(id))))
    expect(test.disk.counts.datasync).toBeLessThanOrEqual(2)
    expect(test.books.status().openIntents).toBe(1000)
  })

  it('[B3] writes what comes during a write with the next group, in order', async () => {
    const { disk, hold, release } = gatedDisk()
    await using test = await openTestBooks({ disk })
    const asked = hold()
    const before = disk.counts.datasync
    const first = test.books.intend(intentOf('first'))
    await asked
    const rest = ids(50).map((id) => test.books.intend(intentOf(id)))
    release()
    await Promise.all([first, ...rest])
    expect(disk.counts.datasync).toBe(before + 2)
    expect(recordsOn(disk, await segmentsOn(disk))).toEqual(['first', ...ids(50)].map((id) => `intent ${id}`))
  })

  it('[B3] writes together what waited for one group and what follows from it', async () => {
    const { disk, hold, release } = gatedDisk()
    await using test = await openTestBooks({ disk })
    const asked = hold()
    const before = disk.counts.datasync
    const [first, other] = ['first', 'other']
    const settled = test.books.intend(intentOf(first)).then(() => test.books.settle(entryFor(first)))
    await asked
    const intended = test.books.intend(intentOf(other))
    release()
    await Promise.all([settled, intended])
    expect(disk.counts.datasync).toBe(before + 2)
  })

  it('[B3] waits for what comes turn by turn, but not for ever', async () => {
    await using test = await openTestBooks()
    const before = test.disk.counts.datasync
    const told: string[] = []
    let count = 0
    // Somebody comes in every turn of the loop, without end.
    while (told.length === 0) {
      const id = `r${count++}`
      void test.books.intend(intentOf(id)).then(() => told.push(id))
      await endOfTurn()
    }
    expect(told).toEqual(['r0', 'r1', 'r2', 'r3'])
    expect(test.disk.counts.datasync).toBe(before + 1)
  })

  it.each(['intend', 'settle'] as const)('[B1] [B2] resolves %s only after the sync that covers it', async (step) => {
    const { books, disk } = await openTestBooks()
    const before = disk.counts.datasync
    const done = step === 'intend' ? books.intend(intentOf('a')) : books.settle(entryFor('a'))
    expect(disk.counts.datasync).toBe(before)
    await done
    expect(disk.counts.datasync).toBe(before + 1)
    // Even a power cut that loses all that was not synced keeps it.
    const after = disk.cutPower(() => 0)
    expect(recordsOn(after, await segmentsOn(after))).toEqual([`${step === 'intend' ? 'intent' : 'settle'} a`])
  })

  it('[B4] lets attempts and progress ride along', async () => {
    await using test = await openTestBooks()
    await test.books.intend(intentOf('a'))
    test.books.attempt(attemptOf('a', 'large'))
    test.books.progress({ id: 'a', output: 40 })
    await test.books.settle(entryFor('a'))
    expect(test.disk.counts.datasync).toBe(2)
    expect(recordsOn(test.disk, await segmentsOn(test.disk))).toEqual([
      'intent a',
      'attempt a',
      'progress a',
      'settle a',
    ])
  })

  it('[B4] writes a first attempt that its intent names with the second, and nothing of it before', async () => {
    const test = await openTestBooks()
    for (const id of ['once', 'again', 'elsewhere']) await test.books.intend(intentOf(id))
    const before = test.disk.counts.datasync
    test.books.attempt(attemptOf('once', 'small'))
    test.books.attempt(attemptOf('again', 'small'))
    await test.books.drained()
    expect(test.disk.counts.datasync).toBe(before)
    test.books.attempt(attemptOf('elsewhere', 'large'))
    test.books.attempt(attemptOf('elsewhere', 'small'))
    for (const model of ['small', 'large']) test.books.attempt(attemptOf('again', model))
    await test.books.drained()
    const disk = test.disk.kill()
    const [segment = ''] = await segmentsOn(disk)
    expect(recordsOn(disk, [segment]).slice(3)).toEqual(
      ['elsewhere', 'elsewhere', 'again', 'again', 'again'].map((id) => `attempt ${id}`),
    )
    await using next = await openTestBooks({ disk, ledger: test.ledger.afterKill() })
    await next.books.drained()
    const models = async (id: string) => (await next.books.find(id))?.attempts.map(({ model }) => model)
    expect(await models('once')).toEqual(['small'])
    expect(await models('again')).toEqual(['small', 'small', 'large'])
    expect(await models('elsewhere')).toEqual(['large', 'small'])
  })

  it('[B4] completes short writes', async () => {
    const disk = new MemoryDisk({ writeBytesMax: 7 })
    await using test = await openTestBooks({ disk })
    await Promise.all(ids(20).map((id) => test.books.settle(entryFor(id))))
    expect(recordsOn(disk, await segmentsOn(disk))).toEqual(ids(20).map((id) => `settle ${id}`))
  })
})

describe('segments', () => {
  it('[B10] begin anew when full or old, with the open requests at their head', async () => {
    await using test = await openTestBooks({ limits: { segmentBytesMax: 2_000 } })
    await test.books.intend(intentOf('long'))
    test.books.attempt(attemptOf('long', 'large'))
    test.books.progress({ id: 'long', output: 40 })
    for (const id of ids(6)) await test.books.settle(entryFor(id))
    test.clock.move(300_000)
    await test.books.settle(entryFor('late'))
    await test.books.drained()
    const [last, ...others] = (await segmentsOn(test.disk)).toReversed()
    expect(others).toEqual([])
    expect(recordsOn(test.disk, [last ?? ''])).toEqual(['intent long', 'attempt long', 'progress long', 'settle late'])
  })
})

describe('very many open requests', () => {
  it('[B10] do not make the heads of segments all that is written', async () => {
    await using test = await openTestBooks({ limits: { segmentBytesMax: 2_000 } })
    await Promise.all(ids(500).map((id) => test.books.intend(intentOf(id))))
    const before = test.disk.counts.create
    for (const id of ids(200)) await test.books.settle(entryFor(id))
    // Two hundred entries are half as long as the head alone.
    expect(test.disk.counts.create - before).toBeLessThanOrEqual(2)
    await Promise.all(ids(500).map((id) => test.books.settle(entryFor(id))))
  })
})

describe('[B22] a disk that fails', () => {
  it.each(['write', 'datasync', 'create', 'syncNames'] as const)(
    'at a %s ends acceptance, loudly',
    async (operation) => {
      await using test = await openTestBooks()
      test.disk.failAt(operation, 1, 'EIO')
      const [intent, settle] = [test.books.intend(intentOf('a')), test.books.settle(entryFor('b'))]
      await expect(intent).rejects.toMatchObject({ code: 'internal', cause: { code: 'EIO' } })
      await expect(settle).rejects.toMatchObject({ code: 'internal' })
      await expect(test.books.intend(intentOf('c'))).rejects.toMatchObject({ code: 'internal' })
      await expect(test.books.settle(entryFor('d'))).rejects.toMatchObject({ code: 'internal' })
      expect(test.books.status()).toMatchObject({ accepting: false, reason: 'internal' })
      expect(test.events).toEqual([{ kind: 'journal_failed', cause: expect.objectContaining({ code: 'EIO' }) }])
    },
  )

  it('keeps what was acknowledged before', async () => {
    const test = await openTestBooks()
    await test.books.settle(entryFor('a'))
    test.disk.failAt('datasync', 1, 'EIO')
    await expect(test.books.settle(entryFor('b'))).rejects.toThrow('journal')
    await test.books.close()
    await using next = await openTestBooks({ disk: test.disk.kill(), ledger: test.ledger.afterKill() })
    await next.books.drained()
    expect(next.ledger.rows.has('a')).toBe(true)
  })
})

describe('[B21] a full disk', () => {
  const BALLAST = 20_000
  const limits = { ballastBytes: BALLAST }
  /** Room for the ballast and this much journal. */
  const diskWith = (bytes: number): MemoryDisk => new MemoryDisk({ capacity: BALLAST + bytes })

  it('at every possible byte loses no running request, and refuses new ones', async () => {
    for (let room = 0; room < 6_000; room += 13) {
      const test = await openTestBooks({ disk: diskWith(room), limits })
      const admitted: string[] = []
      for (const id of ids(8)) {
        await test.books.intend(intentOf(id)).then(() => admitted.push(id), expectStorageFull)
      }
      await Promise.all(admitted.map((id) => test.books.settle(entryFor(id))))
      const full = test.events.some(({ kind }) => kind === 'storage_full')
      expect(test.books.status()).toMatchObject({ accepting: !full, openIntents: 0 })
      if (!full) expect(admitted.length).toBe(8)
      await test.books.close()
      expect([...test.ledger.rows.keys()].toSorted()).toEqual(admitted)
    }
  })

  it('leaves nothing behind of a group that had to be made smaller', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      // Neither with nor without its tiny ballast does the disk hold the entry and both intents.
      const disk = new MemoryDisk({ capacity: 2_000 })
      await using test = await openTestBooks({ disk, limits: { ballastBytes: 10 } })
      const settling = test.books.settle(entryFor('a'))
      const intents = ids(3).map((id) => test.books.intend(intentOf(id)))
      for (const intent of intents) await expect(intent).rejects.toMatchObject({ code: 'storage_full' })
      await vi.advanceTimersByTimeAsync(1_000)
      await settling
      const [name = ''] = await segmentsOn(disk)
      expect([...readFrames(disk.content(name))].map(({ kind }) => kind)).toEqual(['frame', 'frame'])
      expect(recordsOn(disk, [name])).toEqual(['settle a'])
    } finally {
      vi.useRealTimers()
    }
  })

  it('is served again when there is room for more than the ballast, without a restart', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const disk = diskWith(1_000)
      await using test = await openTestBooks({ disk, limits })
      for (const id of ids(4)) await test.books.intend(intentOf(id)).catch(expectStorageFull)
      expect(test.books.status()).toMatchObject({ accepting: false, reason: 'storage_full' })
      expect(await disk.list()).not.toContain('ballast')
      for (const capacity of [disk.capacity, disk.capacity + 2 * BALLAST]) {
        disk.capacity = capacity
        await vi.advanceTimersByTimeAsync(5_000)
        expect(test.books.status().accepting).toBe(false)
      }
      disk.capacity = 2 ** 26
      await vi.advanceTimersByTimeAsync(1_000)
      expect(test.books.status()).toMatchObject({ accepting: true, reason: null })
      expect(disk.content('ballast').length).toBe(BALLAST)
      await test.books.intend(intentOf('after'))
      expect(test.events.map(({ kind }) => kind)).toEqual(['storage_full', 'storage_back'])
    } finally {
      vi.useRealTimers()
    }
  })

  it('leaves its last room to settles: the ledger gets nothing until there is more', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const disk = diskWith(900)
      await using test = await openTestBooks({ disk, limits })
      for (const id of ids(3)) await test.books.settle(entryFor(id))
      const drained = test.books.drained()
      for (let turn = 0; turn < 50; turn++) await endOfTurn()
      expect(test.ledger.rows.size).toBe(0)
      disk.capacity = 2 ** 26
      await vi.advanceTimersByTimeAsync(1_000)
      await drained
      expect([...test.ledger.rows.keys()]).toEqual(ids(3))
    } finally {
      vi.useRealTimers()
    }
  })

  it('whose ballast somebody deleted is full all the same, and no failure', async () => {
    const disk = diskWith(900)
    await using test = await openTestBooks({ disk, limits })
    await disk.remove('ballast')
    disk.capacity = disk.usedBytes
    await expect(test.books.intend(intentOf('a'))).rejects.toMatchObject({ code: 'storage_full' })
    expect(test.events).toEqual([{ kind: 'storage_full' }])
  })

  it('with no ballast left keeps settles waiting and writes them when there is room', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const disk = diskWith(900)
      await using test = await openTestBooks({ disk, limits })
      await test.books.intend(intentOf('a'))
      // Somebody else takes what the ballast gave up.
      disk.capacity = disk.usedBytes - BALLAST
      let settled = false
      const settling = test.books.settle(entryFor('a')).then(() => (settled = true))
      await vi.advanceTimersByTimeAsync(3_000)
      expect(settled).toBe(false)
      disk.capacity = 2 ** 26
      await vi.advanceTimersByTimeAsync(1_000)
      await settling
      expect(await test.books.find('a')).toMatchObject({ id: 'a', state: 'ok' })
    } finally {
      vi.useRealTimers()
    }
  })

  it('from the start still starts, refuses, and says why', async () => {
    await using test = await openTestBooks({ disk: new MemoryDisk({ capacity: 0 }), limits })
    expect(test.books.status()).toMatchObject({ accepting: false, reason: 'storage_full' })
    await expect(test.books.intend(intentOf('a'))).rejects.toMatchObject({
      code: 'storage_full',
      detail: { retryAfterSeconds: 5 },
    })
  })

  function expectStorageFull(failure: unknown): void {
    expect(failure).toMatchObject({ code: 'storage_full' })
  }
})

describe('[B23] a backlog', () => {
  it('refuses requests until the ledger has caught up', async () => {
    await using test = await openTestBooks({ limits: { undrainedBytesMax: 3_000 } })
    test.ledger.failure = new Error('database is locked')
    for (const id of ids(5)) await test.books.settle(entryFor(id))
    expect(test.books.status()).toMatchObject({ accepting: false, reason: 'journal_backlog', undrainedEntries: 5 })
    await expect(test.books.intend(intentOf('a'))).rejects.toMatchObject({
      code: 'journal_backlog',
      detail: { retryAfterSeconds: 30 },
    })
    test.ledger.failure = null
    await test.books.drained()
    expect(test.books.status()).toMatchObject({ accepting: true, undrainedEntries: 0, undrainedBytes: 0 })
    await test.books.intend(intentOf('a'))
  })
})
