export type Cut<Row> = {
  readonly page: readonly Row[]
  /** Where the next page goes on; null where this one is the last. */
  readonly next: string | null
}

/** A page of rows of which more than `limit` were asked for: the ones behind it tell only that there are more. */
export function cutPage<Row>(rows: readonly Row[], limit: number, placeOf: (row: Row) => string): Cut<Row> {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, next: rows.length > limit && last !== undefined ? placeOf(last) : null }
}
