/** Reading raw values field by field: every reader reports what it does not understand, where it stands, and goes on. */
import { excerpt } from '../base/errors.ts'
import type { Path } from './problem.ts'

export type Report = (path: Path, message: string) => void

/** A value, the way to it, and somebody to tell. The null of YAML and JSON counts as absent. */
export type Spot = {
  readonly value: unknown
  readonly parent: Spot | null
  readonly key: string | number
  readonly report: Report
}

/** The spot of a whole file or of one row in it. */
export function rootSpot(value: unknown, report: Report): Spot {
  return { value, parent: null, key: '', report }
}

export function pathOf(spot: Spot): Path {
  return spot.parent === null ? [] : [...pathOf(spot.parent), spot.key]
}

/** Reports that a spot is not as it must be; its null is what the reader then returns. */
export function complain(spot: Spot, must: string): null {
  spot.report(pathOf(spot), isAbsent(spot) ? `is missing: it ${must}` : `${must}; got ${shown(spot.value)}`)
  return null
}

/** The same spot, with a memory of whether anything at it or below it was reported. */
export function watch(spot: Spot): { readonly spot: Spot; readonly hasFailed: () => boolean } {
  let failed = false
  const report: Report = (path, message) => {
    failed = true
    spot.report(path, message)
  }
  return { spot: { ...spot, report }, hasFailed: () => failed }
}

/** The fields of an object. Reports unknown keys, so that a typing error is not silently without effect. */
export function fieldsOf(spot: Spot, known: ReadonlySet<string>): ((key: string) => Spot) | null {
  const { value, report } = spot
  if (!isObject(value)) return complain(spot, 'must be an object with keys and values')
  for (const key of Object.keys(value)) {
    if (!known.has(key)) report([...pathOf(spot), key], `is not a known key; known are ${[...known].join(', ')}`)
  }
  return (key) => fieldOf(spot, value, key)
}

/** All fields of an object whose keys are free. */
export function entriesOf(spot: Spot): readonly Spot[] {
  const { value } = spot
  if (isObject(value)) return Object.keys(value).map((key) => fieldOf(spot, value, key))
  complain(spot, 'must be an object with keys and values')
  return []
}

export function itemsOf(spot: Spot): readonly Spot[] {
  if (isAbsent(spot)) return []
  if (Array.isArray(spot.value))
    return spot.value.map((value: unknown, key) => ({ value, parent: spot, key, report: spot.report }))
  complain(spot, 'must be a list')
  return []
}

export function isAbsent(spot: Spot): boolean {
  return spot.value === undefined || spot.value === null
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** How many fields of an object are there. */
export function countFields({ value }: Spot): number {
  if (!isObject(value)) return 0
  return Object.values(value).filter((field) => field !== undefined && field !== null).length
}

/** Nothing, or an object in which nothing is. */
export function isEmpty(spot: Spot): boolean {
  return isAbsent(spot) || (isObject(spot.value) && countFields(spot) === 0)
}

/** Returns null after a report; `fallback` where the value is absent and there is one. */
export function textOf(spot: Spot, fallback?: string): string | null {
  if (isAbsent(spot) && fallback !== undefined) return fallback
  if (typeof spot.value === 'string' && spot.value !== '') return spot.value
  return complain(spot, 'must be a text')
}

export function choiceOf<T extends string>(spot: Spot, choices: readonly T[], fallback?: T): T | null {
  if (isAbsent(spot) && fallback !== undefined) return fallback
  const chosen = choices.find((choice) => choice === spot.value)
  return chosen ?? complain(spot, `must be one of ${choices.join(', ')}`)
}

export function flagOf(spot: Spot, fallback?: boolean): boolean | null {
  if (isAbsent(spot) && fallback !== undefined) return fallback
  if (spot.value === 'true' || spot.value === true) return true
  if (spot.value === 'false' || spot.value === false) return false
  return complain(spot, 'must be true or false')
}

/** A whole number, also as text: paddock.yaml hands numbers over as they were written. */
export function wholeOf(spot: Spot, fallback?: number): number | null {
  if (isAbsent(spot) && fallback !== undefined) return fallback
  const whole = typeof spot.value === 'string' && /^\d{1,15}$/.test(spot.value) ? Number(spot.value) : spot.value
  if (typeof whole === 'number' && Number.isSafeInteger(whole) && whole >= 0) return whole
  return complain(spot, 'must be a whole number from zero upwards')
}

export function optionalOf<T>(spot: Spot, read: (spot: Spot) => T | null): T | null {
  return isAbsent(spot) ? null : read(spot)
}

/** The items that could be read, or null where there is no list. */
export function listOf<T>(spot: Spot, read: (spot: Spot) => T | null): readonly T[] | null {
  return isAbsent(spot) ? null : itemsOf(spot).flatMap((item) => read(item) ?? [])
}

/** An object of only those fields that are there. */
export function compact<T extends object>(fields: { readonly [K in keyof T]-?: Exclude<T[K], undefined> | null }): T {
  const present: Partial<T> = {}
  for (const key in fields) {
    const value = fields[key]
    if (value !== null) present[key] = value as T[typeof key]
  }
  return present as T
}

function fieldOf(parent: Spot, value: Readonly<Record<string, unknown>>, key: string): Spot {
  return { value: Object.hasOwn(value, key) ? value[key] : undefined, parent, key, report: parent.report }
}

function shown(value: unknown): string {
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'string' ? `"${excerpt(value)}"` : JSON.stringify(value)
}
