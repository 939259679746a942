/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map((_, index) => (index === 0 ? '---|' : '---:|')).join('')}`, ...rows.map(line)].join(
    '\n',
  )
}

/** Three figures of a number that matter, with commas; a dash for what was not measured. */
export function number(value: number | undefined | null): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return '–'
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 3 })
}

/** Microseconds, as milliseconds. */
export function milliseconds(microseconds: number | undefined): string {
  return microseconds === undefined ? '–' : number(microseconds / 1000)
}

/** How many times the one is of the other. */
export function times(value: number | undefined, of: number | undefined): string {
  return value === undefined || of === undefined || of === 0 ? '–' : `${number(value / of)} ×`
}
