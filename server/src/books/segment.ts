/**
 * Segments are the journal's files, `j-<boot>-<number>.log`: a boot is one run of the process. The numbers are padded, so
 * names sort in the order they were written.
 */
export type Segment = {
  readonly name: string
  /** Everything before this byte is durable and whole. */
  readonly end: number
}

/** A byte in the journal. */
export type Place = { readonly segment: string; readonly position: number }

const NAME = /^j-(\d{8})-(\d{8})\.log$/

export function segmentName(boot: number, number: number): string {
  return `j-${String(boot).padStart(8, '0')}-${String(number).padStart(8, '0')}.log`
}

export function isSegmentName(name: string): boolean {
  return NAME.test(name)
}

/** The run of the process that wrote a segment; 0 for no segment. */
export function bootOf(name: string): number {
  return Number(NAME.exec(name)?.[1] ?? 0)
}

export function isBefore(left: Place, right: Place): boolean {
  return left.segment === right.segment ? left.position < right.position : left.segment < right.segment
}
