import { excerpt, PaddockError } from '../base/errors.ts'
import { isCurrency } from '../money/currency.ts'
import { readInstant } from '../prices/instant.ts'

/** What people write behind an option, read. Each throws `argument_invalid` naming the option, what it takes and what it got. */

export function wrongArgument(option: string, takes: string, got: string): PaddockError {
  return new PaddockError('argument_invalid', { message: `${option} ${takes}; got "${excerpt(got)}".` })
}

/** A count in plain digits. */
export function readCount(
  text: string,
  option: string,
  { from, digitsMax }: { from: 0 | 1; digitsMax: number },
): number {
  if (new RegExp(`^[${from}-9]\\d{0,${digitsMax - 1}}$`).test(text)) return Number(text)
  const least = from === 0 ? 'zero' : 'one'
  throw wrongArgument(option, `takes a whole number from ${least} upwards, of at most ${digitsMax} digits`, text)
}

/** Milliseconds since 1970; a day begins at midnight UTC. */
export function instantOr(text: string | undefined, option: string, otherwise: number): number {
  if (text === undefined) return otherwise
  const at = readInstant(text, 'UTC')
  if (at !== null) return at
  throw wrongArgument(
    option,
    'takes a day such as 2024-05-21, or an instant with its offset such as 2024-05-21T09:30:00+08:00',
    text,
  )
}

export function oneOf<Choice extends string>(
  text: string | undefined,
  option: string,
  choices: readonly Choice[],
): Choice | undefined {
  const choice = choices.find((each) => each === text)
  if (choice !== undefined || text === undefined) return choice
  throw wrongArgument(option, `takes one of ${choices.join(', ')}`, text)
}

/** "2024-05". */
export function isMonth(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text)
}

/** Names with commas between. */
export function readNames(text: string, option: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => name !== '' && !/\s/.test(name))) return names
  throw wrongArgument(option, 'takes names with commas between and no spaces inside', text)
}

export function readCurrency(text: string | undefined, option: string): string | undefined {
  if (text === undefined || isCurrency(text)) return text
  throw wrongArgument(option, 'takes three capital letters such as CNY', text)
}
