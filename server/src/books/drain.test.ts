import { describe, expect, it, vi } from 'vitest'
import { MemoryDisk } from '../../../tests/stand-ins/memory-disk.ts'
import { MemoryLedger } from '../../../tests/stand-ins/memory-ledger.ts'
import { openTestBooks } from '../../../tests/stand-ins/open-test-books.ts'
import { entryFor, intentOf } from '../../../tests/stand-ins/samples.ts'
import { deferred } from './deferred.ts'
import { endOfTurn } from './end-of-turn.ts'
import type { Entry } from './entry.ts'
import { FrameBuffer } from './frame.ts'
import { writeRecord } from './record.ts'
import { segmentName } from './segment.ts'

const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `r${String(index).padStart(4, '0')}`)
const segmentsOn = async (disk: MemoryDisk): Promise<string[]> =>
  (await disk.list()).filter((name) => name.startsWith('j-'))

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await endOfTurn()
}

it('[B9] reads a segment that grows meanwhile as far as it had grown', async () => {
  const disk = new MemoryDisk()
  const open = disk.open.bind(disk)
  // Reading takes so long that the next group is on disk before it is over.
  disk.open = async (name) => {
    const file = await open(name)
    const read = file.read.bind(file)
    file.read = async (position, length) => {
      const bytes = await read(position, length)
      await turns(5)
      return bytes
    }
    return file
  }
  await using test = await openTestBooks({ disk, limits: { handedRowsMax: 0 } })
  const settled: Promise<void>[] = []
  for (const id of ids(60)) {
    settled.push(test.books.settle(entryFor(id)))
    await turns(2)
  }
  await Promise.all(settled)
  await test.books.drained()
  expect([...test.ledger.rows.keys()]).toEqual(ids(60))
  expect(test.events.filter(({ kind }) => kind === 'drain_failed')).toEqual([])
})

describe('[B9] a ledger that takes no rows', () => {
  it('holds up no request, and all rows arrive when it is back', async () => {
    await using test = await openTestBooks()
    await Promise.all(ids(400).map((id) => test.books.intend(intentOf(id))))
    test.ledger.failure = new Error('database is locked')
    await Promise.all(ids(400).map((id) => test.books.settle(entryFor(id))))
    const drained = test.books.drained()
    await turns(20)
    expect(test.books.status()).toMatchObject({ accepting: true, undrainedEntries: 400, drainFailing: true })
    test.ledger.failure = null
    await drained
    expect([...test.ledger.rows.keys()]).toEqual(ids(400))
    expect(test.books.status()).toMatchObject({ undrainedEntries: 0, undrainedBytes: 0, drainFailing: false })
  })

  it('that comes back takes what fills its batches exactly', async () => {
    for (const count of [127, 128, 129, 256]) {
      const test = await openTestBooks()
      test.ledger.failure = new Error('database is locked')
      await Promise.all(ids(count).map((id) => test.books.settle(entryFor(id))))
      test.ledger.failure = null
      await test.books.drained()
      expect([...test.ledger.rows.keys()]).toEqual(ids(count))
      // And then it rests.
      await turns(10)
      expect(test.books.status()).toMatchObject({ undrainedEntries: 0, undrainedBytes: 0 })
    }
  })

  it('for one batch gets that batch again', async () => {
    await using test = await openTestBooks()
    let fails = true
    const { ledger } = test
    const write = ledger.write.bind(ledger)
    ledger.write = (batch) => {
      if (!fails) return write(batch)
      fails = false
      throw new Error('database is locked')
    }
    await Promise.all(ids(400).map((id) => test.books.settle(entryFor(id))))
    await test.books.drained()
    expect([...ledger.rows.keys()]).toEqual(ids(400))
  })

  it('says so once, and once when it is over', async () => {
    await using test = await openTestBooks()
    const failure = new Error('database is locked')
    test.ledger.failure = failure
    await test.books.settle(entryFor('a'))
    const drained = test.books.drained()
    await turns(50)
    expect(test.books.status().drainFailing).toBe(true)
    test.ledger.failure = null
    await drained
    expect(test.events).toEqual([{ kind: 'drain_failed', cause: failure }, { kind: 'drain_resumed' }])
  })

  it('is as old as its oldest entry says', async () => {
    await using test = await openTestBooks()
    test.ledger.failure = new Error('database is locked')
    await test.books.settle(entryFor('a'))
    test.clock.move(10_000)
    await test.books.settle(entryFor('b', { ended_at: '2024-05-21T12:00:10.000Z' }))
    expect(test.books.status().oldestUndrainedAgeMs).toBe(8_000)
    test.clock.move(-3_600_000)
    expect(test.books.status().oldestUndrainedAgeMs).toBe(0)
  })
})

describe('[B8] a journal that grows while it is drained', () => {
  it('is drained to where it ended, and then further', async () => {
    const disk = new MemoryDisk()
    await using test = await openTestBooks({ disk, limits: { handedRowsMax: 0 } })
    const open = disk.open.bind(disk)
    let late = 0
    disk.open = async (name) => {
      const file = await open(name)
      const read = file.read.bind(file)
      file.read = async (from, count) => {
        const bytes = await read(from, count)
        if (late < 3) await test.books.settle(entryFor(`late${(late += 1)}`))
        return bytes
      }
      return file
    }
    await test.books.settle(entryFor('early'))
    while (late < 3) await endOfTurn()
    await test.books.drained()
    expect([...test.ledger.rows.keys()]).toEqual(['early', 'late1', 'late2', 'late3'])
    expect(test.events).toEqual([])
  })
})

describe('[B75] what was settled a moment ago', () => {
  it('is handed over in memory: no file is read for it', async () => {
    const disk = new MemoryDisk()
    await using test = await openTestBooks({ disk })
    let opened = 0
    const open = disk.open.bind(disk)
    disk.open = (name) => {
      opened += 1
      return open(name)
    }
    for (const id of ids(300)) await test.books.settle(entryFor(id))
    await test.books.drained()
    expect([...test.ledger.rows.keys()]).toEqual(ids(300))
    expect(opened).toBe(0)
  })

  it.each([
    ['rows', { handedRowsMax: 7 }],
    ['bytes', { handedBytesMax: 5_000 }],
  ])('beyond so many %s is read from the files, in order and once', async (_, limits) => {
    await using test = await openTestBooks({ limits: { batchRowsMax: 4, segmentBytesMax: 3_000, ...limits } })
    const written: string[] = []
    const { ledger } = test
    const write = ledger.write.bind(ledger)
    ledger.write = (batch) => {
      write(batch)
      written.push(...batch.rows.map(({ id }) => id))
    }
    for (let wave = 0; wave < 10; wave++) {
      ledger.failure = wave % 2 === 0 ? new Error('database is locked') : null
      for (const id of ids(wave * 3)) await test.books.settle(entryFor(`${wave} ${id}`))
    }
    ledger.failure = null
    await test.books.drained()
    expect(written).toEqual(Array.from({ length: 10 }, (__, wave) => ids(wave * 3).map((id) => `${wave} ${id}`)).flat())
    expect(test.books.status()).toMatchObject({ undrainedEntries: 0, undrainedBytes: 0 })
  })

  it('goes to the ledger as soon as it fills a batch, and the rest of it a moment later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      await using test = await openTestBooks()
      await Promise.all(ids(130).map((id) => test.books.settle(entryFor(id))))
      await turns(5)
      expect([...test.ledger.rows.keys()]).toEqual(ids(128))
      await vi.advanceTimersByTimeAsync(100)
      await turns(5)
      expect([...test.ledger.rows.keys()]).toEqual(ids(130))
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('[B10] deleting segments', () => {
  it('happens only after a batch that survives a power cut', async () => {
    const disk = new MemoryDisk()
    const ledger = new MemoryLedger()
    const test = await openTestBooks({ disk, ledger, limits: { segmentBytesMax: 3_000 } })
    for (const id of ids(60)) await test.books.settle(entryFor(id))
    await test.books.drained()
    expect((await segmentsOn(disk)).length).toBe(1)
    // The database loses every commit it may lose; the journal still has those.
    const next = await openTestBooks({ disk: disk.cutPower((bytes) => bytes), ledger: ledger.afterPowerCut(() => 0) })
    await next.books.drained()
    expect([...next.ledger.rows.keys()].toSorted()).toEqual(ids(60))
  })

  it('waits until the ledger is safe from a power cut, while requests go on', async () => {
    const test = await openTestBooks({ limits: { segmentBytesMax: 3_000 } })
    const secured = deferred()
    const { ledger } = test
    const secure = ledger.secure.bind(ledger)
    ledger.secure = async (checkpoint) => {
      await secured.promise
      await secure(checkpoint)
    }
    for (const id of ids(30)) await test.books.settle(entryFor(id))
    const drained = test.books.drained()
    await turns(20)
    for (const id of ids(60)) await test.books.settle(entryFor(id))
    const [first = ''] = (await segmentsOn(test.disk)).toSorted()
    expect(first).toBe(segmentName(1, 1))
    secured.resolve()
    await drained
    await test.books.drained()
    expect((await segmentsOn(test.disk)).length).toBe(1)
    expect([...ledger.rows.keys()]).toEqual(ids(60))
  })

  it('waits for a ledger that cannot be made safe', async () => {
    const test = await openTestBooks({ limits: { segmentBytesMax: 3_000 } })
    let fails = 3
    const { ledger } = test
    const secure = ledger.secure.bind(ledger)
    ledger.secure = (checkpoint) => ((fails -= 1) < 0 ? secure(checkpoint) : Promise.reject(new Error('full')))
    for (const id of ids(60)) await test.books.settle(entryFor(id))
    await test.books.drained()
    expect((await segmentsOn(test.disk)).length).toBe(1)
    expect(test.events.map(({ kind }) => kind)).toEqual(['drain_failed', 'drain_resumed'])
    expect([...ledger.rows.keys()]).toEqual(ids(60))
  })

  it('does not wait for requests that stay open: those stand at the head of the next segment', async () => {
    const test = await openTestBooks({ limits: { segmentBytesMax: 3_000 } })
    await test.books.intend(intentOf('long'))
    for (const id of ids(60)) await test.books.settle(entryFor(id))
    await test.books.drained()
    expect((await segmentsOn(test.disk)).length).toBe(1)
    const next = await openTestBooks({ disk: test.disk.kill(), ledger: test.ledger.afterKill() })
    await next.books.drained()
    expect(await next.books.find('long')).toMatchObject({ state: 'orphan' })
  })

  it('finds that somebody has done it already', async () => {
    await using test = await openTestBooks({ limits: { segmentBytesMax: 3_000 } })
    test.ledger.failure = new Error('not yet')
    for (const id of ids(9)) await test.books.settle(entryFor(id))
    const [first = ''] = (await segmentsOn(test.disk)).toSorted()
    const drained = test.books.drained()
    const remove = test.disk.remove.bind(test.disk)
    test.disk.remove = async (name) => {
      if (name === first) await remove(name)
      return remove(name)
    }
    test.ledger.failure = null
    await drained
    expect([...test.ledger.rows.keys()]).toEqual(ids(9))
  })

  it('of a segment that has not been drained is no success', async () => {
    const test = await openTestBooks({ limits: { handedRowsMax: 0 } })
    test.ledger.failure = new Error('not yet')
    await test.books.settle(entryFor('a'))
    const [name = ''] = await segmentsOn(test.disk)
    test.disk.place(name, Buffer.alloc(0))
    test.ledger.failure = null
    await test.books.close()
    expect(test.ledger.rows.size).toBe(0)
    expect(test.events).toEqual([expect.objectContaining({ kind: 'drain_failed' })])
  })

  it('is caught up on when it was cut short', async () => {
    const disk = new MemoryDisk()
    const [drained, current] = [segmentName(1, 1), segmentName(1, 2)]
    disk.place(drained, Buffer.from('all of this is in the ledger'))
    const ledger = new MemoryLedger([{ rows: [], checkpoint: { segment: current, position: 0 }, durable: true }])
    await openTestBooks({ disk, ledger })
    expect(await segmentsOn(disk)).toEqual([])
  })
})

describe('[B13] a record that cannot become a row', () => {
  const broken = { ...entryFor('broken'), usage: { ...entryFor('broken').usage, input: -1 } } as Entry

  it('is refused by settle, where it can still be mended', async () => {
    await using test = await openTestBooks()
    await expect(test.books.settle(broken)).rejects.toThrow('whole number from zero to')
    const tooMany = { ...entryFor('d'), usage: { ...entryFor('d').usage, output: 1e12 + 1 } }
    await expect(test.books.settle(tooMany)).rejects.toThrow('million million')
    await expect(test.books.settle(entryFor('b', { at: 'yesterday' }))).rejects.toThrow()
    await expect(test.books.settle(entryFor('c', { duration_ms: 1.5 }))).rejects.toThrow('milliseconds')
    expect(test.disk.counts.write).toBe(1)
  })

  it('found in the journal all the same is quarantined, and the drain goes on', async () => {
    const buffer = new FrameBuffer()
    for (const value of [entryFor('a'), broken, entryFor('c')]) writeRecord(buffer, { kind: 'settle', value })
    const disk = new MemoryDisk()
    disk.place(segmentName(1, 1), Buffer.from(buffer.bytes))
    await using test = await openTestBooks({ disk })
    await test.books.drained()
    expect([...test.ledger.rows.keys()]).toEqual(['a', 'c'])
    expect(test.events).toEqual([
      expect.objectContaining({ kind: 'quarantined', cause: expect.stringContaining('whole number') as string }),
    ])
  })
})

describe('[B25] closing', () => {
  it('drains, and leaves no journal behind', async () => {
    const test = await openTestBooks()
    for (const id of ids(300)) await test.books.settle(entryFor(id))
    await test.books.close()
    expect(test.ledger.rows.size).toBe(300)
    expect(await test.disk.list()).toEqual(['ballast'])
    // Nothing is durable by the last commit alone: the ledger would have all of it after a power cut.
    expect(test.ledger.afterPowerCut(() => 0).rows.size).toBe(300)
  })

  it('keeps the journal while a request is open, and the next start makes it an orphan', async () => {
    const test = await openTestBooks()
    await test.books.intend(intentOf('open'))
    await test.books.close()
    await using next = await openTestBooks({ disk: test.disk, ledger: test.ledger })
    await next.books.drained()
    expect(await next.books.find('open')).toMatchObject({ state: 'orphan' })
  })

  it('gives up on a ledger that keeps failing, and the next start drains', async () => {
    const test = await openTestBooks()
    test.ledger.failure = new Error('disk I/O error')
    for (const id of ids(10)) await test.books.settle(entryFor(id))
    await test.books.close()
    await using next = await openTestBooks({ disk: test.disk, ledger: test.ledger.afterKill() })
    await next.books.drained()
    expect([...next.ledger.rows.keys()]).toEqual(ids(10))
  })

  it('with more than a batch to drain tries no more once it has given up', async () => {
    const test = await openTestBooks({ limits: { batchRowsMax: 4 } })
    let tries = 0
    test.ledger.write = () => {
      tries += 1
      throw new Error('disk I/O error')
    }
    for (const id of ids(10)) await test.books.settle(entryFor(id))
    await test.books.close()
    const before = tries
    await turns(50)
    expect(tries).toBe(before)
  })

  it('ends acceptance', async () => {
    const test = await openTestBooks()
    await test.books.close()
    await expect(test.books.intend(intentOf('a'))).rejects.toMatchObject({ code: 'server_shutdown' })
    await expect(test.books.settle(entryFor('a'))).rejects.toMatchObject({ code: 'server_shutdown' })
    expect(test.books.status()).toMatchObject({ accepting: false, reason: 'server_shutdown' })
    await test.books.close()
  })

  it('begins a new run above every earlier one, though its segments are gone', async () => {
    const disk = new MemoryDisk()
    const ledger = new MemoryLedger()
    for (let run = 1; run <= 3; run++) {
      const test = await openTestBooks({ disk, ledger })
      await test.books.settle(entryFor(`run ${run}`))
      expect(await segmentsOn(disk)).toEqual([segmentName(run, 1)])
      await test.books.close()
    }
    expect(ledger.rows.size).toBe(3)
  })
})
