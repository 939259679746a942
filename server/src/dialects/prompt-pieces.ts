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

/** Which members of an object are pieces: those of these names, and whether as text or as JSON. */
export type Spoken = ReadonlyMap<string, 'text' | 'json'>

/** Names in two lists with spaces between. */
export function spoken(text: string, json = ''): Spoken {
  const names = (list: string): string[] => list.split(' ').filter((name) => name !== '')
  const [texts, jsons] = [names(text), names(json)]
  return new Map([...texts.map((name) => [name, 'text'] as const), ...jsons.map((name) => [name, 'json'] as const)])
}

/** Adds them as they come. What is no string is no text, and null says nothing. */
export function addPieces(pieces: Piece[], object: JsonValue, names: Spoken): void {
  object.eachMember((key, value) => {
    const how = names.get(key)
    if (how === undefined) return
    const isText = how === 'text'
    if (isText ? value.kind === 'string' : value.kind !== 'null') pieces.push({ value, isText })
  })
}
