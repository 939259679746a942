import { describe, expect, it } from 'vitest'
import { MemoryDisk } from '../../../tests/stand-ins/memory-disk.ts'
import { MemoryLedger } from '../../../tests/stand-ins/memory-ledger.ts'
import { openTestBooks, type TestBooks } from '../../../tests/stand-ins/open-test-books.ts'
import { entryFor, HOLD, intentOf, money } from '../../../tests/stand-ins/samples.ts'
import { FrameBuffer, readFrames } from './frame.ts'
import { writeRecord, type JournalRecord } from './record.ts'
import { segmentName } from './segment.ts'

const RECORDS = 200
const settles: JournalRecord[] = Array.from({ length: RECORDS }, (_, index) => ({
  kind: 'settle',
  value: entryFor(`r${String(index).padStart(3, '0')}`),
}))
const head = (segment: string, format = 1): JournalRecord => ({
  kind: 'head',
  value: { format, segment, at: '2024-05-21T12:00:00.000Z' },
})

type Written = { readonly bytes: Buffer; readonly ends: readonly number[] }

function written(records: readonly JournalRecord[]): Written {
  const buffer = new FrameBuffer()
  const ends = records.map((record) => writeRecord(buffer, record).end)
  return { bytes: Buffer.from(buffer.bytes), ends }
}

const FIRST = segmentName(1, 1)
const SECOND = segmentName(1, 2)

async function recovered(segments: Readonly<Record<string, Buffer>>, ledger = new MemoryLedger()): Promise<TestBooks> {
  const disk = new MemoryDisk()
  for (const [name, bytes] of Object.entries(segments)) disk.place(name, bytes)
  const test = await openTestBooks({ disk, ledger })
  await test.books.drained()
  return test
}

const drainedIds = ({ ledger }: TestBooks): string[] => [...ledger.rows.keys()]
const idsOf = (records: readonly JournalRecord[]): string[] =>
  records.flatMap(({ kind, value }) => (kind === 'settle' ? value.id : []))

describe('[B14] a torn tail', () => {
  const { bytes, ends } = written([head(FIRST), ...settles])
  // Around every boundary, and all over the first and last record. The split itself is tried at every offset in frame.test.ts.
  const offsets = Array.from({ length: bytes.length }, (_, offset) => offset).filter(
    (offset) =>
      ends.some((end) => Math.abs(end - offset) <= 1) ||
      (offset % 11 === 0 && (offset < 1_000 || offset > bytes.length - 1_000)),
  )

  it('is cut at the last whole record, at every offset of a segment of 200 records', async () => {
    for (const offset of offsets) {
      const test = await recovered({ [FIRST]: bytes.subarray(0, offset) })
      const whole = ends.filter((end) => end <= offset).length
      expect(drainedIds(test)).toEqual(idsOf(settles.slice(0, Math.max(0, whole - 1))))
      const isCut = offset > 0 && !ends.includes(offset)
      expect(test.events).toEqual(
        isCut
          ? [
              {
                kind: 'torn_tail',
                place: { segment: FIRST, position: ends[whole - 1] ?? 0 },
                bytes: offset - (ends[whole - 1] ?? 0),
              },
            ]
          : [],
      )
      expect(test.books.status().quarantined).toBe(0)
    }
  })

  it('is damage where more was written behind it', async () => {
    const cut = bytes.subarray(0, bytes.length - 10)
    const test = await recovered({
      [FIRST]: cut,
      [SECOND]: written([head(SECOND), { kind: 'settle', value: entryFor('later') }]).bytes,
    })
    expect(drainedIds(test)).toEqual([...idsOf(settles.slice(0, -1)), 'later'])
    expect(test.events.map(({ kind }) => kind)).toEqual(['quarantined'])
  })
})

describe('[B15] a changed byte', () => {
  const records = [head(FIRST), ...settles.slice(0, 3)]
  const { bytes, ends } = written(records)
  const later = written([head(SECOND), { kind: 'settle', value: entryFor('later') }]).bytes

  it('is noticed and reported at every offset, and everything else is read', async () => {
    for (let offset = 0; offset < bytes.length; offset += 11) {
      const changed = Buffer.from(bytes)
      changed[offset] = (changed[offset] as number) ^ (1 << (offset % 8))
      const test = await recovered({ [FIRST]: changed, [SECOND]: later })
      const hit = ends.findIndex((end) => offset < end)
      const [start, end] = [ends[hit - 1] ?? 0, ends[hit] ?? 0]
      expect(drainedIds(test)).toEqual(
        idsOf([...records.toSpliced(hit, 1), { kind: 'settle', value: entryFor('later') }]),
      )
      const file = `quarantine/${FIRST}@${start}`
      expect(test.events).toEqual([
        {
          kind: 'quarantined',
          place: { segment: FIRST, position: start },
          bytes: end - start,
          file,
          cause: 'the checksum does not hold',
        },
      ])
      expect(test.disk.content(file).equals(changed.subarray(start, end))).toBe(true)
      expect(test.books.status().quarantined).toBe(1)
    }
  })

  it('in the last record is no torn tail: the record is whole, and may have been acknowledged', async () => {
    const changed = Buffer.from(bytes)
    changed[bytes.length - 10] = 0
    const test = await recovered({ [FIRST]: changed })
    expect(drainedIds(test)).toEqual(idsOf(records.slice(0, -1)))
    expect(test.events.map(({ kind }) => kind)).toEqual(['quarantined'])
  })

  it('that appears while the process runs is noticed by the drain that reads it', async () => {
    const test = await openTestBooks({ limits: { handedRowsMax: 0 } })
    test.ledger.failure = new Error('not yet')
    for (const id of ['a', 'b', 'c']) await test.books.settle(entryFor(id))
    const [name = ''] = (await test.disk.list()).filter((each) => each.startsWith('j-'))
    const content = Buffer.from(test.disk.content(name))
    const second = [...readFrames(content)].at(-2)
    content[(second?.start ?? 0) + 20] = 0
    test.disk.place(name, content)
    test.ledger.failure = null
    await test.books.drained()
    expect(drainedIds(test)).toEqual(['a', 'c'])
    expect(test.events.filter(({ kind }) => kind === 'quarantined').length).toBe(1)
  })
})

describe('[B17] an orphan', () => {
  const intent = (id: string): JournalRecord => ({ kind: 'intent', value: intentOf(id, { app: 'notebook' }) })
  const attempt = (id: string, model: string, started_at: string): JournalRecord => ({
    kind: 'attempt',
    value: { id, provider: 'lab', model, started_at },
  })

  it('with nothing but an intent costs its hold', async () => {
    const test = await recovered({ [FIRST]: written([head(FIRST), intent('a')]).bytes })
    expect(await test.books.find('a')).toEqual({
      ...entryFor('a'),
      app: 'notebook',
      ended_at: '2024-05-21T12:00:00.000Z',
      state: 'orphan',
      answered_model: null,
      provider_request_id: null,
      usage: HOLD,
      usage_source: 'estimated',
      usage_method: 'orphan: the whole hold',
      cost: money('4.096000000000', 'CNY'),
      charge: money('4.096000000000', 'CNY'),
      price_rows: ['lab/small@CNY:2024-01-01'],
      first_byte_ms: null,
      duration_ms: 0,
      attempts: [
        {
          provider: 'lab',
          model: 'small',
          started_at: '2024-05-21T12:00:00.000Z',
          outcome: 'unknown',
          status: null,
          error: null,
          duration_ms: 0,
        },
      ],
    })
    expect(test.events).toEqual([{ kind: 'orphans_settled', count: 1 }])
    expect(test.books.status()).toMatchObject({ orphansRecovered: 1, openIntents: 0 })
  })

  it('with progress costs what had been produced, at the model called last', async () => {
    const test = await recovered({
      [FIRST]: written([
        head(FIRST),
        intent('a'),
        attempt('a', 'small', '2024-05-21T12:00:00.010Z'),
        attempt('a', 'large', '2024-05-21T12:00:01.000Z'),
        { kind: 'progress', value: { id: 'a', output: 120, at: '2024-05-21T12:00:02.000Z' } },
        { kind: 'progress', value: { id: 'a', output: 300, at: '2024-05-21T12:00:04.500Z' } },
      ]).bytes,
    })
    expect(await test.books.find('a')).toMatchObject({
      state: 'orphan',
      model: 'large',
      ended_at: '2024-05-21T12:00:04.500Z',
      duration_ms: 4_500,
      usage: { input: 1_000, output: 300 },
      usage_method: 'orphan: input of the hold, output of the last progress mark',
      cost: money('0.300000000000', 'CNY'),
      attempts: [
        { model: 'small', outcome: 'unknown', duration_ms: 990 },
        { model: 'large', outcome: 'unknown', duration_ms: 3_500 },
      ],
    })
  })

  it('is found at the head of a later segment when its own is gone', async () => {
    const checkpoint = { segment: SECOND, position: 0 }
    const ledger = new MemoryLedger([{ rows: [], checkpoint, durable: true }])
    const test = await recovered(
      { [FIRST]: Buffer.from('was drained'), [SECOND]: written([head(SECOND), intent('a')]).bytes },
      ledger,
    )
    expect(await test.books.find('a')).toMatchObject({ state: 'orphan' })
    expect(await test.disk.list()).not.toContain(FIRST)
  })

  it('is none when it was settled, in whatever segment', async () => {
    const test = await recovered({
      [FIRST]: written([head(FIRST), intent('a'), intent('b')]).bytes,
      [SECOND]: written([
        head(SECOND),
        intent('b'),
        { kind: 'settle', value: entryFor('a') },
        { kind: 'settle', value: entryFor('b') },
      ]).bytes,
    })
    expect(test.events).toEqual([])
    expect([...test.ledger.rows.values()].map(({ state }) => state)).toEqual(['ok', 'ok'])
  })
})

describe('[B5] two entries of one request in the journal', () => {
  it('are the first, before and after the drain', async () => {
    const [first, second] = [entryFor('a'), entryFor('a', { state: 'timeout' })]
    const disk = new MemoryDisk()
    disk.place(FIRST, written([head(FIRST), { kind: 'settle', value: first }, { kind: 'settle', value: second }]).bytes)
    const test = await openTestBooks({ disk })
    expect(test.ledger.rows.size).toBe(0)
    expect(await test.books.find('a')).toEqual(first)
    await test.books.drained()
    expect(await test.books.find('a')).toEqual(first)
  })
})

describe('[B18] recovering again', () => {
  it('after a crash before, in and after recovery gives the same ledger and the same quarantine', async () => {
    const { bytes } = written([head(FIRST), { kind: 'intent', value: intentOf('open') }, ...settles.slice(0, 5)])
    bytes[bytes.length - 2_000] = 0
    const start = async (disk: MemoryDisk): Promise<TestBooks> => openTestBooks({ disk })
    const disk = new MemoryDisk()
    disk.place(FIRST, bytes)

    const once = await start(disk)
    await once.books.drained()
    // The process dies at each of these points: at once, and after some turns in which orphans are written and drained.
    for (let turns = 0; turns < 12; turns++) {
      const first = new MemoryDisk()
      first.place(FIRST, bytes)
      const interrupted = await start(first)
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
      const again = await openTestBooks({ disk: first.kill(), ledger: interrupted.ledger.afterKill() })
      await again.books.drained()
      expect(again.ledger.rows).toEqual(once.ledger.rows)
      expect(again.books.status()).toMatchObject({ quarantined: 1, openIntents: 0 })
    }
  })

  it('leaves the segments as they were', async () => {
    const { bytes } = written([head(FIRST), ...settles.slice(0, 5)])
    const torn = bytes.subarray(0, bytes.length - 5)
    const disk = new MemoryDisk()
    disk.place(FIRST, torn)
    const ledger = new MemoryLedger()
    ledger.failure = new Error('not yet')
    await openTestBooks({ disk, ledger })
    expect(disk.content(FIRST).equals(torn)).toBe(true)
  })
})

describe('[B20] a journal of a later format', () => {
  it('is not touched', async () => {
    const disk = new MemoryDisk()
    disk.place(FIRST, written([head(FIRST, 2), { kind: 'settle', value: entryFor('a') }]).bytes)
    const before = await disk.list()
    await expect(openTestBooks({ disk })).rejects.toMatchObject({
      code: 'data_unusable',
      message: expect.stringContaining('format 2'),
    })
    expect(await disk.list()).toEqual(before)
  })

  it('has records this version does not know, and passes over them', async () => {
    const buffer = new FrameBuffer()
    writeRecord(buffer, head(FIRST))
    buffer.add(9, '{"new":true}')
    writeRecord(buffer, { kind: 'settle', value: entryFor('a') })
    const test = await recovered({ [FIRST]: Buffer.from(buffer.bytes) })
    expect(drainedIds(test)).toEqual(['a'])
    expect(test.events).toEqual([])
  })
})
