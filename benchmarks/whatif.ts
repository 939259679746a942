import { join } from 'node:path'
import type { WhatIfGroup } from '@paddock/contract/what-if'
import type { Kysely } from 'kysely'
import { CELL_COLUMNS, openLedger } from '../server/src/books/ledger.ts'
import { entryRow } from '../server/src/books/entry-row.ts'
import type { BooksTables } from '../server/src/books/tables.ts'
import { type CELL_COUNTS, type CellRow } from '../server/src/books/whatif/cells.ts'
import { slotsIn } from '../server/src/books/whatif/grid.ts'
import type { WhatIfRequest } from '../server/src/books/whatif/run.ts'
import { askWhatIf } from '../server/src/books/whatif/what-if.ts'
import { openPriceBook } from '../server/src/prices/book.ts'
import { openFxTable } from '../server/src/prices/fx.ts'
import { openStore, type Store } from '../server/src/store/store.ts'
import { entryFor } from '../tests/stand-ins/samples.ts'
import { tempFolder } from '../tests/stand-ins/temp-folder.ts'

/**
 * What-if over a month of many requests: the cells they leave behind are made, and questions are asked of them. Beside it,
 * the same question of entries one by one, to see what the cells are for.
 */

const figures: Record<string, number> = {}
const FROM = Date.parse('2026-09-01')
const TO = Date.parse('2026-10-01')
const ROUTES = ['chat', 'cheap', 'code'] as const
const MODELS = ['deepseek-flash', 'deepseek-v4-pro', 'deepseek-v4-flash', 'deepseek-chat'] as const
/** Prompts of four sizes, short and longer answers, with thinking and without. */
const CLASSES = [0, 4_000, 16_000, 32_000].flatMap((input) =>
  [0, 200].flatMap((output) => [0n, 1n].map((thinking) => ({ input, output, thinking }))),
)
const ENTRIES = 20_000
const DAY_MS = 86_400_000

const prices = openPriceBook({ folder: 'pricebook', billingCurrency: () => 'CNY' })
const fx = openFxTable([{ from: 'USD', to: 'CNY', rate: '7.1', valid_from: '2026-01-01' }])

type Question = Partial<WhatIfRequest> & { readonly groupBy: WhatIfGroup | null }

const QUESTIONS: Readonly<Record<string, Question>> = {
  'another model, by route': { model: 'zhipu/glm-4.5-air', groupBy: 'route' },
  'day and night prices, by route': { model: 'deepseek/deepseek-flash', groupBy: 'route' },
  'own models, by day, in one currency': { model: null, groupBy: 'day', currency: 'USD' },
  'another model, by model': { model: 'zhipu/glm-4.5-air', groupBy: 'model' },
  'another model, by day': { model: 'zhipu/glm-4.5-air', groupBy: 'day' },
  'another model, by key': { model: 'zhipu/glm-4.5-air', groupBy: 'key' },
  'day and night prices, by key': { model: 'deepseek/deepseek-flash', groupBy: 'key' },
}

const INSERT = `INSERT INTO price_cells (${CELL_COLUMNS.join(', ')}) VALUES (${CELL_COLUMNS.map(() => '?').join(', ')})`

await measureCells(10_000_000, 10)
await measureCells(100_000_000, 50)
await measureEntries()
console.log(JSON.stringify(figures))

async function measureCells(requests: number, keys: number): Promise<void> {
  using folder = tempFolder()
  const store = openStore(join(folder.path, 'paddock.db'))
  await openLedger(store)
  const cells = fillCells(store, requests, keys)
  const tables = store.tables<BooksTables>()
  const million = `${requests / 1_000_000} million requests`
  figures[`${million}: cells`] = cells
  for (const [name, request] of Object.entries(QUESTIONS))
    figures[`${million}: ms, ${name}`] = await timed(tables, request)
  await store.close()
}

/** The second time of asking: the first brings the pages of the file into memory. */
async function timed(tables: Kysely<BooksTables>, question: Question): Promise<number> {
  const parts = { tables, prices, fx, bookName: (provider: string, model: string) => `${provider}/${model}` }
  const request: WhatIfRequest = { from: FROM, to: TO, model: null, listAt: null, ...question }
  await askWhatIf(parts, request)
  const start = performance.now()
  const { entries_read } = await askWhatIf(parts, request)
  const ms = performance.now() - start
  if (entries_read > 0) throw new Error('the cells should have been enough')
  return Math.round(ms)
}

/** All the cells so many requests can leave, each with its share. */
function fillCells(store: Store, requests: number, keys: number): number {
  const slots = slotsIn({ from: FROM, to: TO })
  const callers = Array.from({ length: keys }, (_, index) => `key-${index}`)
  const share = Math.floor(requests / (slots.length * ROUTES.length * MODELS.length * CLASSES.length))
  let count = 0
  for (const { from } of slots) {
    store.batch({ durable: false }, (run) => {
      const insert = (cell: CellRow): void => {
        run(
          INSERT,
          CELL_COLUMNS.map((column) => cell[column]),
        )
        count += 1
      }
      for (const [index, shared] of cellsOf(BigInt(from)).entries()) {
        insert({ ...shared, ...sumsOf(share, shared), cut: 'all', organisation_id: '', team_id: '', key_id: '' })
        for (const key_id of callersOf(callers, Math.floor(index / CLASSES.length))) {
          const own = { ...shared, ...sumsOf(share / keys, shared), organisation_id: 'o', team_id: 't', key_id }
          insert({ ...own, cut: 'key' })
          if (from % DAY_MS === 0) insert({ ...own, cut: 'key_day' })
        }
      }
    })
  }
  return count
}

/** A key is an application: it uses a quarter of what there is of routes and models. */
function callersOf(callers: readonly string[], use: number): readonly string[] {
  return callers.filter((_, index) => index % 4 === use % 4)
}

type Shared = Omit<
  CellRow,
  'cut' | 'organisation_id' | 'team_id' | 'key_id' | (typeof CELL_COUNTS)[number] | `cost_${'whole' | 'pico'}`
>

function cellsOf(start: bigint): Shared[] {
  return MODELS.flatMap((model) =>
    ROUTES.flatMap((route) =>
      CLASSES.map(({ input, output, thinking }) => ({
        start,
        provider: 'deepseek',
        model,
        route,
        cost_currency: 'CNY',
        practice: 0n,
        input_above: BigInt(input),
        output_above: BigInt(output),
        context_above: input > 8_192 ? 8_192n : 0n,
        thinking,
        extra: 0n,
      })),
    ),
  )
}

function sumsOf(
  share: number,
  { input_above, output_above, thinking }: Shared,
): Omit<CellRow, keyof Shared | 'cut' | 'organisation_id' | 'team_id' | 'key_id'> {
  const requests = BigInt(Math.ceil(share))
  return {
    requests,
    input: requests * (input_above + 700n),
    cached_input: requests * 300n,
    cache_write: 0n,
    cache_write_1h: 0n,
    output: requests * (output_above + 150n),
    reasoning: requests * thinking * 50n,
    cost_whole: requests / 100n,
    cost_pico: 123_456_789n,
  }
}

/** A limit of the target inside of every cell, so that each entry is read and priced by itself. */
async function measureEntries(): Promise<void> {
  using folder = tempFolder()
  const store = openStore(join(folder.path, 'paddock.db'))
  const ledger = await openLedger(store)
  const rows = Array.from({ length: ENTRIES }, (_, index) =>
    entryRow(
      entryFor(`r${index}`, {
        at: new Date(FROM + index * 1000).toISOString(),
        provider: 'deepseek',
        model: 'deepseek-flash',
      }),
    ),
  )
  ledger.write({ rows, checkpoint: { segment: 'j-00000001-00000001.log', position: 0 }, durable: false })
  const odd = openPriceBook({
    folder: 'pricebook',
    billingCurrency: () => 'CNY',
    operatorRows: [
      {
        place: 'benchmark',
        raw: {
          model: 'lab/odd',
          currency: 'CNY',
          per: '1000000',
          input: '1',
          output: '2',
          variants: [{ when: { input_tokens: { gt: '500' } }, input: '2' }],
        },
      },
    ],
  })
  const parts = {
    tables: store.tables<BooksTables>(),
    prices: odd,
    fx,
    bookName: (provider: string, model: string) => `${provider}/${model}`,
  }
  const start = performance.now()
  await askWhatIf(parts, { from: FROM, to: TO, model: 'lab/odd', listAt: null, groupBy: 'route' })
  figures['entries one by one: entries a second'] = Math.round((ENTRIES / (performance.now() - start)) * 1000)
  await store.close()
}
