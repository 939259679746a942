import { memberItems } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'
import { addJson, addText, type Piece } from '../prompt-pieces.ts'

const SPOKEN = ['content', 'name', 'refusal', 'reasoning_content', 'reasoning']
const SPOKEN_IN_PARTS = ['text', 'refusal']
const WRITTEN = ['tool_calls', 'function_call']
const DESCRIBED = ['tools', 'functions', 'response_format']

/** What of a request of this dialect becomes tokens of its prompt. */
export function promptPieces(root: JsonValue): Piece[] {
  const pieces: Piece[] = []
  for (const message of memberItems(root, 'messages')) {
    for (const part of memberItems(message, 'content')) addText(pieces, part, SPOKEN_IN_PARTS)
    addText(pieces, message, SPOKEN)
    addJson(pieces, message, WRITTEN)
  }
  addJson(pieces, root, DESCRIBED)
  return pieces
}
