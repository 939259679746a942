/** Which row prices a model at an instant: by level, then by how well its name fits, then by how much its condition says. */
import { isWithin, type CompiledAlias, type CompiledRow, type Span } from './compile.ts'
import { conditionHolds, type Facts } from './conditions.ts'
import { groupBy } from './group-by.ts'
import { LEVELS, type Level } from './row.ts'

export type Index = {
  /** Rows and aliases by "provider/name". */
  readonly rows: ReadonlyMap<string, Shelf>
  readonly aliases: ReadonlyMap<string, readonly CompiledAlias[]>
  /** Names that match by their beginning, by provider, the longest first. */
  readonly prefixes: ReadonlyMap<string, readonly Prefix[]>
  readonly billingCurrency: BillingCurrency
}

/** The currency a provider bills in; null where that is not known. */
export type BillingCurrency = (provider: string) => string | null

/** Rows of one name, level by level; within a level the most specific first, then the newest revision. */
type Shelf = Readonly<Partial<Record<Level, readonly CompiledRow[]>>>
type Prefix = { readonly prefix: string; readonly shelf: Shelf; readonly aliases: readonly CompiledAlias[] }

export type Search = {
  readonly provider: string
  readonly name: string
  /** Null: the aliases and rows of all times. */
  readonly at: number | null
  readonly currency: string | null
  /** Null: what the book knows now. */
  readonly asOf: number | null
  /** Null: conditions of rows are not looked at. */
  readonly facts: Facts | null
}

type Asked = { readonly index: Index; readonly search: Search }
type BookParts = { readonly rows: readonly CompiledRow[]; readonly aliases: readonly CompiledAlias[] }

export function buildIndex({ rows, aliases }: BookParts, billingCurrency: BillingCurrency): Index {
  const exact = groupBy(
    rows.filter(({ row }) => row.match === 'exact'),
    ({ row }) => `${row.provider}/${row.model}`,
  )
  const named = aliases.filter(({ alias }) => alias.match === 'exact')
  return {
    rows: new Map([...exact].map(([name, group]) => [name, shelve(group)])),
    aliases: groupBy(named, ({ alias }) => `${alias.provider}/${alias.alias}`),
    prefixes: prefixesOf({ rows, aliases }),
    billingCurrency,
  }
}

export function findRow(index: Index, search: Search): CompiledRow | null {
  const shelves = shelvesOf(index, search)
  for (const level of LEVELS) {
    const rows = knownRows(shelves, level, search.asOf)
    const currency = currencyOf(rows, { index, search })
    if (currency === null) continue
    for (const row of rows) if (row.row.currency === currency && applies(row, search)) return row
  }
  return null
}

/** The currency in which a model is priced: at the first level that has prices of it. */
export function findCurrency(index: Index, search: Search): string | null {
  const shelves = shelvesOf(index, search)
  for (const level of LEVELS) {
    const currency = currencyOf(knownRows(shelves, level, search.asOf), { index, search })
    if (currency !== null) return currency
  }
  return null
}

/** All rows a name leads to at any time, as far as the book knew them. */
export function rowsEver(index: Index, search: Search): readonly CompiledRow[] {
  const shelves = shelvesOf(index, { ...search, at: null })
  return LEVELS.flatMap((level) => knownRows(shelves, level, search.asOf))
}

/** The instants at which the rows that a name leads to begin and end, and the aliases on the way to them. */
export function edgesOf(index: Index, search: Search): readonly number[] {
  const aliases = walkFrom(index, { ...search, at: null }).spans
  const spans = [...rowsEver(index, search).map(({ valid }) => valid), ...aliases]
  return spans.flatMap(({ from, to }) => [from, to]).filter(Number.isFinite)
}

/** The caller's currency, or the provider's where rows of a level have a price in it, or their only one. */
function currencyOf(rows: readonly CompiledRow[], { index, search }: Asked): string | null {
  if (search.currency !== null) return search.currency
  const billing = index.billingCurrency(search.provider)
  let only: string | null = null
  let isMixed = false
  for (const { row } of rows) {
    if (row.currency === billing) return billing
    isMixed ||= only !== null && only !== row.currency
    only = row.currency
  }
  return isMixed ? null : only
}

const NO_ROWS: readonly CompiledRow[] = []

/** Asked for every level and every request, and most levels have no rows of a model. */
function knownRows(shelves: readonly Shelf[], level: Level, asOf: number | null): readonly CompiledRow[] {
  let known = NO_ROWS
  for (const shelf of shelves) {
    const all = shelf[level]
    if (all === undefined) continue
    const rows = all.every((row) => isKnown(row, asOf)) ? all : all.filter((row) => isKnown(row, asOf))
    known = known.length === 0 ? rows : [...known, ...rows]
  }
  return known
}

function applies(row: CompiledRow, { at, facts }: Search): boolean {
  if (at !== null && !isWithin(row.valid, at)) return false
  return row.when === null || facts === null || conditionHolds(row.when, facts)
}

export function isKnown({ known }: CompiledRow, asOf: number | null): boolean {
  return asOf === null ? known.to === Infinity : isWithin(known, asOf)
}

type Walk = {
  readonly index: Index
  readonly search: Search
  readonly shelves: Shelf[]
  readonly spans: Span[]
  readonly visited: string[]
}

/** The shelves a name leads to, the best match first: the name itself, its aliases, then beginnings, the longest first. */
function shelvesOf(index: Index, search: Search): readonly Shelf[] {
  return walkFrom(index, search).shelves
}

function walkFrom(index: Index, search: Search): Walk {
  const walk: Walk = { index, search, shelves: [], spans: [], visited: [] }
  collect(walk, search.name)
  return walk
}

function collect(walk: Walk, name: string): void {
  const { index, search, shelves, visited } = walk
  if (visited.includes(name)) return
  visited.push(name)
  const key = `${search.provider}/${name}`
  const shelf = index.rows.get(key)
  if (shelf !== undefined) shelves.push(shelf)
  follow(walk, index.aliases.get(key) ?? [])
  for (const prefix of index.prefixes.get(search.provider) ?? []) {
    if (!name.startsWith(prefix.prefix)) continue
    shelves.push(prefix.shelf)
    follow(walk, prefix.aliases)
  }
}

function follow(walk: Walk, aliases: readonly CompiledAlias[]): void {
  const { at } = walk.search
  for (const { alias, valid } of aliases) {
    if (at !== null && !isWithin(valid, at)) continue
    walk.spans.push(valid)
    collect(walk, alias.target)
  }
}

function prefixesOf({ rows, aliases }: BookParts): Map<string, Prefix[]> {
  const rowsByPrefix = groupBy(
    rows.filter(({ row }) => row.match === 'prefix'),
    ({ row }) => `${row.provider}/${row.model}`,
  )
  const aliasesByPrefix = groupBy(
    aliases.filter(({ alias }) => alias.match === 'prefix'),
    ({ alias }) => `${alias.provider}/${alias.alias}`,
  )
  const names = [...new Set([...rowsByPrefix.keys(), ...aliasesByPrefix.keys()])]
  const prefixes = names.map((name) => ({
    provider: name.slice(0, name.indexOf('/')),
    prefix: name.slice(name.indexOf('/') + 1),
    shelf: shelve(rowsByPrefix.get(name) ?? []),
    aliases: aliasesByPrefix.get(name) ?? [],
  }))
  const longestFirst = prefixes.toSorted((left, right) => right.prefix.length - left.prefix.length)
  return groupBy(longestFirst, ({ provider }) => provider)
}

function shelve(rows: readonly CompiledRow[]): Shelf {
  const sorted = rows.toSorted((left, right) => {
    const bySpecificity = (right.when?.specificity ?? 0) - (left.when?.specificity ?? 0)
    return bySpecificity === 0 ? right.row.revision - left.row.revision : bySpecificity
  })
  return Object.fromEntries(groupBy(sorted, ({ row }) => row.level)) as Shelf
}
