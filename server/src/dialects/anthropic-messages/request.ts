import type { ReadRequest } from '../dialect.ts'
import { refuseAbsent } from '../check.ts'
import { memberBoolean, memberItems, memberNumber, memberPresent, memberText } from '../json-read.ts'
import type { JsonText, JsonValue } from '../json-text.ts'
import { REQUEST_LIMITS, type RequestLimits } from '../limits.ts'
import { addJson, addText, pieceBytes, pieceText, type Piece } from '../prompt-pieces.ts'
import { checkRequest, unknownFields, type RequestShape } from '../request-fields.ts'
import { contentTexts } from './content.ts'
import { FIELD_CHECKS } from './fields.ts'

const SHAPE: RequestShape = {
  checks: FIELD_CHECKS,
  conversation: { name: 'messages', advice: 'Give a list such as [{"role":"user","content":"Hello"}].' },
  image: 'image',
}

/** Checks a request of this dialect and says what is in it. Throws a PaddockError about the first fault. */
export function readMessagesRequest(json: JsonText, given: Partial<RequestLimits> = REQUEST_LIMITS): ReadRequest {
  if (json.root.member('max_tokens') === undefined && json.root.member('model') !== undefined) {
    throw refuseAbsent('field_missing', json.root, {
      name: 'max_tokens',
      advice: 'This API wants to know how long the answer may be: give a number such as 4096.',
    })
  }
  return readCountRequest(json, given)
}

/** The same for counting tokens, which needs no limit of what is never written. */
export function readCountRequest(json: JsonText, given: Partial<RequestLimits> = REQUEST_LIMITS): ReadRequest {
  const parts = checkRequest(json, given, SHAPE)
  const { root } = json
  const imageCount = parts.get('image') ?? 0
  return {
    model: memberText(root, 'model'),
    stream: memberBoolean(root, 'stream') === true,
    includeUsage: true,
    maxTokens: memberNumber(root, 'max_tokens'),
    n: 1,
    messageCount: memberItems(root, 'messages').length,
    promptBytes: pieceBytes(promptPieces(root)),
    imageCount,
    hasImages: imageCount > 0,
    hasAudio: false,
    hasFiles: parts.has('document'),
    hasTools: memberItems(root, 'tools').length > 0,
    user: memberText(root.member('metadata'), 'user_id') || null,
    metadata: new Map(),
    previousResponseId: null,
    store: null,
    unknownFields: unknownFields(root, SHAPE),
    fields: { conversation: 'messages', maxTokens: 'max_tokens' },
  }
}

export function promptText(json: JsonText): string {
  return pieceText(promptPieces(json.root))
}

function promptPieces(root: JsonValue): Piece[] {
  const pieces: Piece[] = []
  addText(pieces, root, ['system'])
  for (const block of memberItems(root, 'system')) addText(pieces, block, ['text'])
  for (const message of memberItems(root, 'messages')) {
    pieces.push(...contentTexts(message).map((value) => ({ value, isText: value.kind === 'string' })))
    for (const block of memberItems(message, 'content')) addJson(pieces, block, ['input'])
    for (const block of memberItems(message, 'content')) addText(pieces, block, ['name'])
  }
  addJson(pieces, root, ['tools'])
  const format = memberPresent(root, 'output_config')?.member('format')
  if (format) pieces.push({ value: format, isText: false })
  return pieces
}
