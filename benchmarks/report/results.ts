import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What benchmarks measured, kept under results/ as JSON: one file a run. */

export type Figures = { readonly [name: string]: number | string | boolean | readonly number[] | Figures }

export type Machine = {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  /** Averages over a minute, at the beginning and at the end. */
  readonly load?: readonly number[]
}

export type Result = {
  readonly at: string
  readonly machine: Machine
  readonly measured: readonly { readonly name: string; readonly figures: Figures }[]
}

const FOLDER = join(import.meta.dirname, '..', 'results')

export function keepResult(result: Result): void {
  mkdirSync(FOLDER, { recursive: true })
  const name = `${result.at.slice(0, 19).replaceAll(':', '-')}.json`
  writeFileSync(join(FOLDER, name), `${JSON.stringify(result, null, 2)}\n`)
}

export type Found = { readonly at: string; readonly machine: Machine; readonly figures: Figures }

/** The newest result of a benchmark that has a figure of this name; null where there is none. */
export function newestResult(benchmark: string, figure: string): Found | null {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
  for (const name of files.toSorted().toReversed()) {
    const { at, machine, measured } = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Result
    const found = measured.find((each) => each.name === benchmark && figure in each.figures)
    if (found) return { at, machine, figures: found.figures }
  }
  return null
}
