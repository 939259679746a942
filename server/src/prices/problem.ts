/** What is wrong with a price book: every fault with its place, so that one reading of a file shows them all. */
import { PaddockError } from '../base/errors.ts'

export type Problem = {
  /** An error keeps the book from loading; a warning is something to look at. */
  readonly severity: 'error' | 'warning'
  /** File, line and column. */
  readonly place: string
  /** Where in the value: rows[3].rates.input. */
  readonly path: string
  readonly message: string
}

export type Path = readonly (string | number)[]

export function pathText(path: Path): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('')
}

export function problemText({ place, path, message }: Problem): string {
  return path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`
}

/** Throws `price_invalid` with every error there is, one a line. */
export function refuseErrors(problems: readonly Problem[]): void {
  const errors = problems.filter((problem) => problem.severity === 'error')
  if (errors.length === 0) return
  const count = errors.length === 1 ? 'an error' : `${errors.length} errors`
  const lines = errors.map((problem) => `  ${problemText(problem)}`)
  throw new PaddockError('price_invalid', { message: `The price book has ${count}:\n${lines.join('\n')}` })
}
