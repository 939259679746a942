import type { JsonValue } from '../json-text.ts'

/** What of a request becomes tokens of its prompt: all words of its messages, and what describes tools and forms to the model. */

/** How many bytes of UTF-8 that is: no prompt has more tokens of text than that. */
export function promptBytes(root: JsonValue): number {
  return promptPieces(root).reduce(
    (bytes, { value, isText }) => bytes + (isText ? value.textByteLength() : value.end - value.start),
    0,
  )
}

/** The same as text, for counting. Pieces are joined as they come: how a provider lays them out is its own affair. */
export function promptText(root: JsonValue): string {
  return promptPieces(root)
    .map(({ value, isText }) => (isText ? value.text() : value.raw.toString()))
    .join('\n')
}

/** Text says what its string says; other pieces are JSON, and the model reads them much as they are written. */
type Piece = { readonly value: JsonValue; readonly isText: boolean }

const SPOKEN = ['content', 'name', 'refusal', 'reasoning_content', 'reasoning']
const SPOKEN_IN_PARTS = ['text', 'refusal']
const WRITTEN = ['tool_calls', 'function_call']
const DESCRIBED = ['tools', 'functions', 'response_format']

/** Images, recordings and files are left out: what they cost does not depend on their bytes. */
function promptPieces(root: JsonValue): Piece[] {
  const pieces: Piece[] = []
  for (const message of root.member('messages')?.elements() ?? []) {
    for (const part of message.member('content')?.elements() ?? []) addText(pieces, part, SPOKEN_IN_PARTS)
    addText(pieces, message, SPOKEN)
    addJson(pieces, message, WRITTEN)
  }
  addJson(pieces, root, DESCRIBED)
  return pieces
}

function addText(pieces: Piece[], object: JsonValue, names: readonly string[]): void {
  for (const name of names) {
    const value = object.member(name)
    if (value?.kind === 'string') pieces.push({ value, isText: true })
  }
}

function addJson(pieces: Piece[], object: JsonValue, names: readonly string[]): void {
  for (const name of names) {
    const value = object.member(name)
    if (value !== undefined && value.kind !== 'null') pieces.push({ value, isText: false })
  }
}
