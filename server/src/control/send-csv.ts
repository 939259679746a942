import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Column } from '@paddock/contract/control/csv-columns'
import type { Endpoint } from '@paddock/contract/control/endpoint'
import { csvRow } from '../books/csv.ts'
import { readFormat } from './read-asked.ts'

/** Any list of the control plane as a table: every row that the filters let through, page by page. */

/** What one file may have. Who needs more asks for shorter spans. */
const ROWS_MAX = 100_000
const PAGE_ROWS = 200

type Page = { readonly items: readonly unknown[]; readonly next?: string | null }

/** Its columns, where the list is asked for as a table: `?format=csv`, or `Accept: text/csv`. */
export function csvAsked(
  request: IncomingMessage,
  { columns }: { readonly columns: readonly Column[] | null },
): readonly Column[] | null {
  if (columns === null) return null
  const format = readFormat(request.url ?? '') ?? (/^text\/csv\b/i.test(request.headers.accept ?? '') ? 'csv' : 'json')
  return format === 'csv' ? columns : null
}

export type CsvList = {
  readonly name: string
  readonly columns: readonly Column[]
  /** Whether it comes in pages; else it is whole at once. */
  readonly isPaged: boolean
  readonly page: (paging: { readonly limit?: number; readonly after?: string }) => Promise<Page>
}

/** Whether the list takes `limit` and `after`. */
export function isPaged({ query }: Endpoint): boolean {
  return query !== undefined && 'after' in query.shape
}

/** What is wrong with the request shows with the first page, before anything is sent. */
export async function sendCsv(
  response: ServerResponse,
  { name, columns, isPaged: paged, page }: CsvList,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  let { items, next = null } = await page(paged ? { limit: PAGE_ROWS } : {})
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}.csv"`,
    'x-rows-max': String(ROWS_MAX),
  })
  await write(response, csvRow(columns.map((path) => path.join('.'))))
  for (let left = ROWS_MAX; ;) {
    const rows = items.slice(0, left)
    await write(response, rows.map((item) => csvRow(columns.map((path) => cellOf(valueAt(item, path))))).join(''))
    left -= rows.length
    if (response.destroyed || (next === null && rows.length === items.length)) break
    if (left === 0) {
      await write(response, csvRow([`Cut off: ${ROWS_MAX} rows are the most. Ask for a shorter span.`]))
      break
    }
    if (next === null) break
    ;({ items, next = null } = await page({ limit: PAGE_ROWS, after: next }))
  }
  response.end()
}

/** A slow reader is waited for, so that no more than a page lies in memory. */
async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return
  await Promise.race([once(response, 'drain'), once(response, 'close')])
}

function valueAt(item: unknown, path: Column): unknown {
  return path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : null),
    item,
  )
}

function cellOf(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  const isTexts = Array.isArray(value) && value.every((each) => typeof each === 'string')
  return isTexts ? value.join(' ') : JSON.stringify(value)
}
