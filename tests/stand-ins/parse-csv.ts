const CELL = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y

/** RFC 4180, as the grammar there has it, sharing nothing with the code that writes it. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  CELL.lastIndex = 0
  while (CELL.lastIndex < text.length) {
    const at = CELL.lastIndex
    const [, cell = '', end] = CELL.exec(text) ?? []
    if (end === undefined) throw new Error(`not RFC 4180 at character ${at}: ${text.slice(at, at + 60)}`)
    row.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)
    if (end !== ',') {
      rows.push(row)
      row = []
    }
  }
  return rows
}
