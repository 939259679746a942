import { excerpt } from '../base/errors.ts'

/** A field this dialect does not know, and the one that may have been meant. */
export type UnknownField = { readonly name: string; readonly meant: string | null }

const NAME_LENGTH_MAX = 64

/** The known name that is the typed one but for capitals, separators and one slip of a finger. */
export function unknownField(typed: string, known: Iterable<string>): UnknownField {
  const meant =
    typed.length > NAME_LENGTH_MAX ? undefined : [...known].find((name) => isSlipOf(bare(typed), bare(name)))
  return { name: excerpt(typed.slice(0, NAME_LENGTH_MAX + 1)), meant: meant ?? null }
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Equal, or one letter more, less or other, or two neighbours swapped: what is left between the common ends tells. */
function isSlipOf(typed: string, name: string): boolean {
  let from = 0
  while (from < typed.length && typed[from] === name[from]) from += 1
  let behind = 0
  while (behind < Math.min(typed.length, name.length) - from && typed.at(-1 - behind) === name.at(-1 - behind))
    behind += 1
  const [one, other] = [typed, name].map((each) => each.slice(from, each.length - behind)) as [string, string]
  if (one.length <= 1 && other.length <= 1) return true
  return one.length === 2 && other.length === 2 && one[0] === other[1] && one[1] === other[0]
}
