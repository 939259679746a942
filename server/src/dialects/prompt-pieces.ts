import type { JsonValue } from './json-text.ts'

/**
 * What of a request becomes tokens of its prompt: all words of its messages, and what describes tools and forms to the
 * model. Images, recordings and files are left out: what they cost does not depend on their bytes.
 */

/** Text says what its string says; other pieces are JSON, and the model reads them much as they are written. */
export type Piece = { readonly value: JsonValue; readonly isText: boolean }

/** How many bytes of UTF-8 that is: no prompt has more tokens of text than that. */
export function pieceBytes(pieces: readonly Piece[]): number {
  return pieces.reduce(
    (bytes, { value, isText }) => bytes + (isText ? value.textByteLength() : value.end - value.start),
    0,
  )
}

/** The same as text, for counting. Pieces are joined as they come: how a provider lays them out is its own affair. */
export function pieceText(pieces: readonly Piece[]): string {
  return pieces.map(({ value, isText }) => (isText ? value.text() : value.raw.toString())).join('\n')
}

export function addText(pieces: Piece[], object: JsonValue, names: readonly string[]): void {
  for (const name of names) {
    const value = object.member(name)
    if (value?.kind === 'string') pieces.push({ value, isText: true })
  }
}

export function addJson(pieces: Piece[], object: JsonValue, names: readonly string[]): void {
  for (const name of names) {
    const value = object.member(name)
    if (value !== undefined && value.kind !== 'null') pieces.push({ value, isText: false })
  }
}
