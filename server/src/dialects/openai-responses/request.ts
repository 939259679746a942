import type { ReadRequest } from '../dialect.ts'
import { memberBoolean, memberItems, memberNumber, memberPresent, memberText } from '../json-read.ts'
import type { JsonText, JsonValue } from '../json-text.ts'
import { REQUEST_LIMITS, type RequestLimits } from '../limits.ts'
import { addJson, addText, pieceBytes, pieceText, type Piece } from '../prompt-pieces.ts'
import { checkRequest, readMetadata, unknownFields, type RequestShape } from '../request-fields.ts'
import { FIELD_CHECKS } from './fields.ts'
import { needKnownCalls } from './items.ts'

const SHAPE: RequestShape = {
  checks: FIELD_CHECKS,
  conversation: { name: 'input', advice: 'Give a text, or a list such as [{"role":"user","content":"Hello"}].' },
  image: 'input_image',
}

/** Checks a request of this dialect and says what is in it. Throws a PaddockError about the first fault. */
export function readResponsesRequest(json: JsonText, given: Partial<RequestLimits> = REQUEST_LIMITS): ReadRequest {
  const parts = checkRequest(json, given, SHAPE)
  const { root } = json
  needKnownCalls(root)
  const imageCount = parts.get('input_image') ?? 0
  const items = memberItems(root, 'input')
  return {
    model: memberText(root, 'model'),
    stream: memberBoolean(root, 'stream') === true,
    includeUsage: true,
    maxTokens: memberNumber(root, 'max_output_tokens'),
    n: 1,
    messageCount: items.length === 0 ? 1 : items.length,
    promptBytes: pieceBytes(promptPieces(root)),
    imageCount,
    hasImages: imageCount > 0,
    hasAudio: parts.has('input_audio'),
    hasFiles: parts.has('input_file'),
    hasTools: memberItems(root, 'tools').length > 0,
    user: memberText(root, 'user') || memberText(root, 'safety_identifier') || null,
    metadata: readMetadata(root),
    previousResponseId: memberText(root, 'previous_response_id') || null,
    store: memberBoolean(root, 'store'),
    unknownFields: unknownFields(root, SHAPE),
    fields: { conversation: 'input', maxTokens: 'max_output_tokens' },
  }
}

export function promptText(json: JsonText): string {
  return pieceText(promptPieces(json.root))
}

function promptPieces(root: JsonValue): Piece[] {
  const pieces: Piece[] = []
  addText(pieces, root, ['instructions', 'input'])
  for (const item of memberItems(root, 'input')) {
    addText(pieces, item, ['content', 'output', 'name', 'arguments'])
    for (const name of ['content', 'output', 'summary'])
      for (const part of memberItems(item, name)) addText(pieces, part, ['text', 'refusal'])
  }
  addJson(pieces, root, ['tools'])
  const format = memberPresent(memberPresent(root, 'text'), 'format')
  if (format) pieces.push({ value: format, isText: false })
  return pieces
}
