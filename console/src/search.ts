/** What stands behind "?" in the address of a page: filters. What cannot be read is left out, so an old link still opens. */

type Reader<Value> = (value: unknown) => Value | undefined
type Readers = Readonly<Record<string, Reader<unknown>>>
export type Search<Of extends Readers> = { [Name in keyof Of]?: Exclude<ReturnType<Of[Name]>, undefined> }

/** `const search = searchOf({ model: text, state: oneOf(STATES) })`, for `validateSearch` of a route. */
export function searchOf<const Of extends Readers>(
  readers: Of,
): (raw: Readonly<Record<string, unknown>>) => Search<Of> {
  return (raw) =>
    Object.fromEntries(
      Object.entries(readers)
        .map(([name, read]) => [name, read(raw[name])])
        .filter(([, value]) => value !== undefined),
    ) as Search<Of>
}

export const text: Reader<string> = (value) => {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

export const yes: Reader<true> = (value) => (value === true || value === 'true' ? true : undefined)

export function oneOf<const Value extends string>(values: readonly Value[]): Reader<Value> {
  return (value) => values.find((one) => one === value)
}

/** How far back pages look. Own days are written as `from` and `to`. */
export const SPANS = ['24h', '7d', '30d', '90d'] as const
export type SpanName = (typeof SPANS)[number]

/** The three that name a span of time on every page that has one. */
export const spanSearch = { span: oneOf(SPANS), from: text, to: text }
export type SpanSearch = Search<typeof spanSearch>
