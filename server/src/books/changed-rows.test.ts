import { join } from 'node:path'
import fc from 'fast-check'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { seeded, type Seeded } from '../../../tests/seed.ts'
import { openStoredBooks, type StoredBooks } from '../../../tests/stand-ins/open-store.ts'
import { randomEntry } from '../../../tests/stand-ins/random-entry.ts'
import { entryFor } from '../../../tests/stand-ins/samples.ts'
import { openConnection, type Connection } from '../store/sqlite.ts'
import { crc32c } from './crc32c.ts'
import { entryRow, type EntryRow } from './entry-row.ts'
import { storeLook } from './price-events.ts'
import { forgetMonths } from './retention/forget.ts'
import { ROLLUP_KEY } from './rollup.ts'
import { CHECKED_COLUMNS, rowChecksum, type CheckedTable } from './row-checksum.ts'
import { CELL_KEY } from './whatif/cells.ts'

const CHANGES = 300

/** What tells the rows of a table apart: also what a report calls them by, where they have a checksum. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  entries: ['id'],
  price_events: ['model', 'at'],
  price_watch: ['model'],
  forgotten_months: ['month'],
  rollups: ROLLUP_KEY,
  price_cells: CELL_KEY,
}

function write({ ledger }: StoredBooks, rows: readonly EntryRow[]): void {
  ledger.write({ rows, checkpoint: { segment: '', position: 0 }, durable: false })
}

/** Rows of every kind: requests of some days, a correction, a forgotten month, a price that fell. */
async function openFilled(seed: number): Promise<StoredBooks> {
  const books = await openStoredBooks()
  const random = fc.sample(fc.tuple(...Array.from({ length: 30 }, (_, index) => randomEntry(`r${index}`))), {
    seed,
    numRuns: 1,
  })
  const old = [1, 2, 3].map((day) => entryFor(`old${day}`, { at: `2024-03-0${day}T12:00:00.000Z`, route: 'old' }))
  const correction = entryFor('r0.1', { kind: 'correction', adjusts: 'r0', reason: 'credit note', attempts: [] })
  write(books, [...old, ...(random[0] ?? []), correction].map(entryRow))
  const { value: month } = await forgetMonths(books.store, { before: '2024-05', zone: 'UTC', archive: null }).next()
  expect(month).toMatchObject({ entries: 3 })
  for await (const none of forgetMonths(books.store, { before: '2024-05', zone: 'UTC', archive: null }))
    throw new Error(`forgotten twice: ${none.month}`)
  const at = '2024-05-21T12:00:00.000Z'
  const traffic = {
    requests: 0,
    before: {},
    after: {},
    difference: {},
    percent: null,
    unpriced: { before: 0, after: 0 },
  }
  const event = {
    at,
    noted_at: at,
    model: 'lab/small',
    cause: 'dated',
    before: null,
    after: null,
    changes: [],
  } as const
  storeLook(books.store, 'lab/small', {
    look: { at: Date.parse(at), prices: null },
    events: [{ ...event, month: traffic }],
  })
  return books
}

/** One byte of one column of one row, as somebody with a SQLite shell changes it; says what was done. */
function changeByte(connection: Connection, random: Seeded, table: string): string {
  const key = (KEYS[table] ?? []).join(', ')
  const columns = connection.prepare(`PRAGMA table_info(${table})`).all([]) as { name: string; type: string }[]
  for (;;) {
    const { name, type } = random.pick(columns)
    const rows = connection.prepare(`SELECT count(*) AS count FROM ${table}`).all([]) as [{ count: bigint }]
    const at = `(SELECT ${key} FROM ${table} ORDER BY ${key} LIMIT 1 OFFSET ${random.below(Number(rows[0].count))})`
    const [found] = connection
      .prepare(`SELECT ${cast(name, type)} AS value FROM ${table} WHERE (${key}) = ${at}`)
      .all([]) as [{ value: Uint8Array | bigint | null }]
    const bytes = bytesOf(found.value)
    if (bytes.length === 0) continue
    const place = random.below(bytes.length)
    const before = bytes[place] ?? 0
    bytes[place] = before ^ random.between(1, 255)
    const value = type === 'TEXT' ? `CAST(x'${bytes.toString('hex')}' AS TEXT)` : String(bytes.readBigInt64BE())
    // One that makes its key another row's is no change that a database lets in.
    const statement = `UPDATE OR IGNORE ${table} SET ${name} = ${value} WHERE (${key}) = ${at}`
    if (connection.prepare(statement).run([]).changes === 0n) continue
    return `byte ${place} was ${before}: ${statement}`
  }
}

function cast(name: string, type: string): string {
  return type === 'TEXT' ? `CAST(${name} AS BLOB)` : name
}

function bytesOf(value: Uint8Array | bigint | null): Buffer {
  if (value === null) return Buffer.alloc(0)
  if (typeof value !== 'bigint') return Buffer.from(value)
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}

/** What a report calls the row that differs from how it was kept. */
async function nameOfChanged({ tables }: StoredBooks, table: CheckedTable): Promise<string> {
  const { rows } = await sql<Record<string, unknown>>`
    SELECT * FROM ${sql.table(table)} EXCEPT SELECT * FROM ${sql.table(`kept_${table}`)}`.execute(tables)
  return (KEYS[table] ?? []).map((column) => String(rows[0]?.[column])).join(' at ')
}

describe('[B74] a changed byte', () => {
  it('of any column of any row is noticed, and the row is named', { timeout: 120_000 }, async () => {
    const random = seeded()
    await using books = await openFilled(random.seed)
    expect(await books.reader.verify()).toMatchObject({ ok: true, problems: [], unchecked: 0 })
    const connection = openConnection(join(books.path, 'paddock.db'), 5000)
    connection.exec('PRAGMA ignore_check_constraints = ON')
    for (const table of Object.keys(KEYS)) connection.exec(`CREATE TABLE kept_${table} AS SELECT * FROM ${table}`)

    for (let change = 0; change < CHANGES; change++) {
      // Half of them in entries, which have the most columns.
      const table = random.below(2) === 0 ? 'entries' : random.pick(Object.keys(KEYS))
      const done = `seed ${random.seed}: ${changeByte(connection, random, table)}`
      const found = await books.reader.verify()
      expect(found.ok, done).toBe(false)
      if (table in CHECKED_COLUMNS) {
        const name = await nameOfChanged(books, table as CheckedTable)
        expect(found.problems, done).toContain(
          `Row ${name} of ${table} is not as it was written: its bytes were changed.`,
        )
      }
      connection.exec(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept_${table}`)
    }
    connection.close()
    expect(await books.reader.verify()).toMatchObject({ ok: true, problems: [] })
  })

  it('is noticed where the database reads it as the same text', async () => {
    await using books = await openStoredBooks()
    write(books, [entryRow(entryFor('a', { end_user: 'who\ufffd' }))])
    expect(await books.reader.verify()).toMatchObject({ ok: true })
    // No UTF-8, and read as U+FFFD.
    await sql`UPDATE entries SET end_user = CAST(x'77686FF0BFBD' AS TEXT)`.execute(books.tables)
    expect((await books.ledger.find('a'))?.end_user).toBe('who\ufffd')
    const { ok, problems } = await books.reader.verify()
    expect({ ok, problems }).toEqual({
      ok: false,
      problems: ['Row a of entries is not as it was written: its bytes were changed.'],
    })
  })

  it('is not seen in rows of before there were checksums, which are counted', async () => {
    await using books = await openStoredBooks()
    write(books, [{ ...entryRow(entryFor('a')), checksum: null }, entryRow(entryFor('b'))])
    await sql`UPDATE entries SET usage_method = 'x' WHERE id = 'a'`.execute(books.tables)
    expect(await books.reader.verify()).toMatchObject({ ok: true, entries: 2, unchecked: 1 })
  })

  it('cannot take a checksum away', async () => {
    await using books = await openStoredBooks()
    write(books, [entryRow(entryFor('a')), entryRow(entryFor('b'))])
    await sql`UPDATE entries SET checksum = NULL WHERE id = 'b'`.execute(books.tables)
    const { ok, problems } = await books.reader.verify()
    expect(ok).toBe(false)
    expect(problems).toEqual([expect.stringMatching(/^Row b of entries has no checksum/)])
  })
})

describe('[B74] a checksum', () => {
  it.each(Object.keys(CHECKED_COLUMNS) as CheckedTable[])('covers every column of %s', async (table) => {
    await using books = await openStoredBooks()
    const { rows } = await sql<{ name: string }>`SELECT name FROM pragma_table_info(${table})`.execute(books.tables)
    const names = rows.map(({ name }) => name)
    expect(names.toSorted()).toEqual([...CHECKED_COLUMNS[table], 'checksum'].toSorted())
  })

  it('tells apart what runs together', () => {
    const one = { model: 'a"1"b', at: 1n, event: '' }
    const texts = [one, { ...one, model: 'a', event: '"1"b' }, { ...one, model: 'a"1"bat=1;', at: 11n }]
    expect(new Set(texts.map((row) => rowChecksum('price_events', row))).size).toBe(3)
  })

  it('is of its row alone, whatever was written before', () => {
    const random = seeded()
    const texts = [null, '', 'a', 'ab', 'ü', 'small', 'x'.repeat(60), 'y'.repeat(5000)]
    for (let rows = 0; rows < 3000; rows++) {
      if (random.below(10) === 0) rowChecksum('price_events', { model: 'small', at: 7n, event: 'a' })
      const row = {
        model: random.pick(texts),
        looked_at: random.pick([null, 0n, 7n, 12n, -1n, 10n ** 18n]),
        prices: random.pick(texts),
      }
      const form = Object.entries(row).map(([name, value]) => {
        if (typeof value === 'string') return `${name}"${value.length}"${value}`
        return value === null ? '' : `${name}=${value};`
      })
      const bytes = Buffer.from(form.join(''))
      const expected = BigInt(crc32c(bytes, 0, bytes.length))
      expect(rowChecksum('price_watch', row), `seed ${random.seed}, row ${rows}`).toBe(expected)
    }
  })

  it('is of what the database keeps, whatever callers and providers send', async () => {
    await using books = await openStoredBooks()
    const texts = ['a\0b', '\0', '\ud800', 'x\udc00y', '😀', '']
    write(
      books,
      texts.map((end_user, index) => entryRow(entryFor(`r${index}`, { end_user }))),
    )
    expect(await books.reader.verify()).toMatchObject({ ok: true, problems: [], unchecked: 0 })
    expect((await books.ledger.find('r0'))?.end_user).toBe('a\ufffdb')
  })
})
