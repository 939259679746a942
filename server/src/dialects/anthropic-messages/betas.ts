import { excerpt, PaddockError } from '../../base/errors.ts'

const LENGTH_MAX = 1_024
const TOKEN = /^[\x21-\x7e]+$/

/**
 * What a caller asks for in the header `anthropic-beta`: names of features, with commas between them. Empty ones are left
 * out, and null is returned where none remain. Throws too_long or value_unknown.
 */
export function readBetas(header: string): string | null {
  if (header.length > LENGTH_MAX)
    throw new PaddockError('too_long', {
      message: `The header anthropic-beta may have ${LENGTH_MAX} bytes; this one has ${header.length}.`,
    })
  const names = header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const odd = names.find((name) => !TOKEN.test(name))
  if (odd !== undefined)
    throw new PaddockError('value_unknown', {
      message: `The header anthropic-beta must be names of visible ASCII with commas between them; one is "${excerpt(odd)}".`,
    })
  return names.length === 0 ? null : names.join(',')
}
