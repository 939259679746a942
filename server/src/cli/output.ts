import { createRequire } from 'node:module'
import type CliTable from 'cli-table3'

/** Where commands write. Answers go to standard output, everything said beside them to standard error. */
export type Output = {
  /** True when a person reads (a terminal): tables, colours and progress bars are for them. */
  readonly terminal: boolean
  line(text: string): void
  /** One JSON value on one line. */
  json(value: unknown): void
  table(head: readonly string[], rows: readonly (readonly string[])[]): void
  note(text: string): void
  /** How far something is, in lines that the next ones replace; none clears them. Only made when a person is there to see. */
  progress(lines: () => readonly string[]): void
  /** Raw text without a line end, for exports; resolves when the reader has taken it. */
  write(text: string): Promise<void>
}

export function processOutput(): Output {
  // A reader that has seen enough ("| head") closes the pipe; that is no failure of ours.
  process.stdout.on('error', (failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'EPIPE') throw failure
    process.exit(0)
  })
  const line = (text: string): void => {
    process.stdout.write(`${text}\n`)
  }
  let shown = 0
  return {
    terminal: process.stdout.isTTY,
    line,
    json: (value) => {
      line(JSON.stringify(value))
    },
    table: (head, rows) => {
      line(plainTable(head, rows, process.stdout.isTTY ? ['bold'] : []))
    },
    note: (text) => {
      process.stderr.write(`${text}\n`)
    },
    progress: (make) => {
      if (!process.stderr.isTTY) return
      const lines = make()
      const width = process.stderr.columns
      const up = shown === 0 ? '' : `\u001b[${shown}A\u001b[0J`
      process.stderr.write(up + lines.map((text) => `${text.slice(0, width - 1)}\n`).join(''))
      shown = lines.length
    },
    write: (text) =>
      new Promise((resolve, reject) => {
        process.stdout.write(text, (failure) => {
          if (failure) reject(failure)
          else resolve()
        })
      }),
  }
}

/** A list: one JSON object a line for a program, a table for a person. */
export function printRows<Row>(output: Output, { json }: { readonly json?: boolean }, list: List<Row>): void {
  const { rows, head, cells, object = (row) => row, notes = [] } = list
  if (json === true) for (const row of rows) output.json(object(row))
  else {
    output.table(head, rows.map(cells))
    for (const note of notes) output.note(note)
  }
}

/** Amounts by currency, which are never added up: "12.5 CNY + 3 USD". */
export function amountsText(amounts: Readonly<Record<string, string>>): string {
  return Object.entries(amounts)
    .map(([currency, amount]) => `${amount} ${currency}`)
    .join(' + ')
}

type List<Row> = {
  readonly rows: readonly Row[]
  readonly head: readonly string[]
  readonly cells: (row: Row) => readonly string[]
  /** What a program gets of a row; the row itself if left out. */
  readonly object?: (row: Row) => unknown
  /** What a person is told beside the table. */
  readonly notes?: readonly string[]
}

/** A table without boxes: easy on the eye, easy to copy, right for double-width characters. */
function plainTable(head: readonly string[], rows: readonly (readonly string[])[], headStyle: string[]): string {
  const none = ''
  const edges = ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [
    [side, none],
    [`${side}-mid`, none],
    [`${side}-left`, none],
    [`${side}-right`, none],
  ])
  // Read here, because a server writes no table.
  const Table = createRequire(import.meta.url)('cli-table3') as typeof CliTable
  const table = new Table({
    head: [...head],
    chars: { ...Object.fromEntries(edges), middle: '  ' },
    style: { head: headStyle, border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  })
  table.push(...rows.map((row) => [...row]))
  return table.toString()
}
