import { isDecimal } from './decimal.ts'

export type Cell = string | number | boolean | null

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
