import { memberItems } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'
import { addPieces, spoken, type Piece } from '../prompt-pieces.ts'

const IN_MESSAGE = spoken('content name refusal reasoning_content reasoning', 'tool_calls function_call')
const IN_PART = spoken('text refusal')
const IN_REQUEST = spoken('', 'tools functions response_format')

/** What of a request of this dialect becomes tokens of its prompt. */
export function promptPieces(root: JsonValue): Piece[] {
  const pieces: Piece[] = []
  for (const message of memberItems(root, 'messages')) {
    for (const part of memberItems(message, 'content')) addPieces(pieces, part, IN_PART)
    addPieces(pieces, message, IN_MESSAGE)
  }
  addPieces(pieces, root, IN_REQUEST)
  return pieces
}
