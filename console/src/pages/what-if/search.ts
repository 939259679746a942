import { oneOf, searchOf, spanSearch, text, yes, type Search } from '../../search.ts'

export const GROUPS = ['route', 'model', 'key', 'day'] as const
export const SLOTS = ['a', 'b', 'c'] as const
export type Slot = (typeof SLOTS)[number]

const scenarioReaders = {
  /** provider/model whose prices are used; left out: each request's own. */
  model: text,
  /** The day or instant whose prices are used; left out: that of each request. */
  at: text,
  /** Only traffic of this route, key or model. */
  route: text,
  key: text,
  of: text,
}

/** One other way it might have been. */
export type Scenario = Search<typeof scenarioReaders>
const readScenario = searchOf(scenarioReaders)

function scenario(value: unknown): Scenario | undefined {
  return typeof value === 'object' && value !== null
    ? readScenario(value as Readonly<Record<string, unknown>>)
    : undefined
}

const readers = {
  ...spanSearch,
  group: oneOf(GROUPS),
  currency: text,
  a: scenario,
  b: scenario,
  c: scenario,
  /** Two scenarios are shown unless a third is wanted. */
  three: yes,
}

export type WhatIfSearch = Search<typeof readers>
export const whatIfSearch = searchOf(readers)
