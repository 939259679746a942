import { isDecimal } from '@paddock/contract/decimal'
import type { EntryRecord } from '@paddock/contract/entry'

type Cell = string | number | boolean | null

/** A column of the export: its name, and what an entry has in it. */
type Column = readonly [name: string, value: (entry: EntryRecord) => Cell]

const COLUMNS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['at', ({ at }) => at],
  ['ended_at', ({ ended_at }) => ended_at],
  ['state', ({ state }) => state],
  ['error', ({ error }) => error],
  ['organisation_id', ({ organisation_id }) => organisation_id],
  ['team_id', ({ team_id }) => team_id],
  ['user_id', ({ user_id }) => user_id],
  ['key_id', ({ key_id }) => key_id],
  ['end_user', ({ end_user }) => end_user],
  ['endpoint', ({ endpoint }) => endpoint],
  ['stream', ({ stream }) => stream],
  ['route', ({ route }) => route],
  ['provider', ({ provider }) => provider],
  ['model', ({ model }) => model],
  ['answered_model', ({ answered_model }) => answered_model],
  ['provider_request_id', ({ provider_request_id }) => provider_request_id],
  ['input', ({ usage }) => usage.input],
  ['cached_input', ({ usage }) => usage.cached_input],
  ['cache_write', ({ usage }) => usage.cache_write],
  ['cache_write_1h', ({ usage }) => usage.cache_write_1h],
  ['output', ({ usage }) => usage.output],
  ['reasoning', ({ usage }) => usage.reasoning],
  ['usage_source', ({ usage_source }) => usage_source],
  ['usage_method', ({ usage_method }) => usage_method],
  ['cost', ({ cost }) => cost.amount],
  ['cost_currency', ({ cost }) => cost.currency],
  ['charge', ({ charge }) => charge.amount],
  ['charge_currency', ({ charge }) => charge.currency],
  ['price_rows', ({ price_rows }) => price_rows.join(' ')],
  ['priced_as_of', ({ priced_as_of }) => priced_as_of],
  ['practice', ({ practice }) => practice],
  ['app', ({ app }) => app],
  ['first_byte_ms', ({ first_byte_ms }) => first_byte_ms],
  ['duration_ms', ({ duration_ms }) => duration_ms],
  ['attempts', ({ attempts }) => JSON.stringify(attempts)],
  ['extra', ({ usage }) => (usage.extra === undefined ? null : JSON.stringify(usage.extra))],
  ['race', ({ trial }) => trial?.race ?? null],
  ['arm', ({ trial }) => trial?.arm ?? null],
  ['mirror_of', ({ trial }) => trial?.mirror_of ?? null],
  ['kind', ({ kind }) => kind],
  ['adjusts', ({ adjusts }) => adjusts],
  ['reason', ({ reason }) => reason],
  ['retry_loss', ({ retry_loss = [] }) => retry_loss.map(({ amount, currency }) => `${amount} ${currency}`).join(' ')],
]

/** The first line of the export, as RFC 4180 has it. */
export function csvHead(): string {
  return csvRow(COLUMNS.map(([name]) => name))
}

export function csvLine(entry: EntryRecord): string {
  return csvRow(COLUMNS.map(([, value]) => value(entry)))
}

/** One line of cells, RFC 4180. */
export function csvRow(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`
}

function cellText(cell: Cell): string {
  const text = typeof cell === 'string' ? harmless(cell) : String(cell ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * Spreadsheets run a cell that begins like a formula, and callers choose some of these texts. The apostrophe makes it text;
 * a number is a number, its sign included.
 */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !isDecimal(text) ? `'${text}` : text
}
