import type { ReadRequest } from '../dialect.ts'
import { memberBoolean, memberItems, memberNumber, memberPresent, memberText } from '../json-read.ts'
import type { JsonText, JsonValue } from '../json-text.ts'
import { REQUEST_LIMITS, type RequestLimits } from '../limits.ts'
import { lookInto, partsInside, type Part } from '../media-check.ts'
import { addPieces, pieceBytes, pieceText, spoken, type Piece } from '../prompt-pieces.ts'
import { checkRequest, readMetadata, type RequestShape } from '../request-fields.ts'
import { FIELD_CHECKS } from './fields.ts'
import { needKnownCalls } from './items.ts'

const SHAPE: RequestShape = {
  checks: FIELD_CHECKS,
  conversation: { name: 'input', advice: 'Give a text, or a list such as [{"role":"user","content":"Hello"}].' },
  media: { images: ['input_image', 'computer_screenshot'], audio: ['input_audio'], files: ['input_file'] },
}

/** Checks a request of this dialect and says what is in it. Throws a PaddockError about the first fault. */
export function readResponsesRequest(json: JsonText, given: Partial<RequestLimits> = REQUEST_LIMITS): ReadRequest {
  const common = checkRequest(json, given, SHAPE)
  const { root } = json
  needKnownCalls(root)
  const items = memberItems(root, 'input')
  return {
    model: common.model,
    stream: common.stream,
    imageCount: common.imageCount,
    hasImages: common.hasImages,
    hasAudio: common.hasAudio,
    hasFiles: common.hasFiles,
    hasTools: common.hasTools,
    unknownFields: common.unknownFields,
    includeUsage: true,
    maxTokens: memberNumber(root, 'max_output_tokens'),
    n: 1,
    messageCount: items.length === 0 ? 1 : items.length,
    promptBytes: pieceBytes(promptPieces(root, common.parts)),
    user: memberText(root, 'user') || memberText(root, 'safety_identifier') || null,
    metadata: readMetadata(root),
    previousResponseId: memberText(root, 'previous_response_id') || null,
    store: memberBoolean(root, 'store'),
    fields: { conversation: 'input', maxTokens: 'max_output_tokens' },
  }
}

export function promptText(json: JsonText): string {
  return pieceText(promptPieces(json.root, lookInto(json.root).parts))
}

/** What the model is shown of items and their parts. */
const IN_ITEM = spoken('content output name arguments input text refusal')
const FIRST = spoken('instructions input')
const LAST = spoken('', 'tools')

function promptPieces(root: JsonValue, parts: readonly Part[]): Piece[] {
  const pieces: Piece[] = []
  addPieces(pieces, root, FIRST)
  for (const { object } of partsInside(root.member('input'), parts)) addPieces(pieces, object, IN_ITEM)
  addPieces(pieces, root, LAST)
  const format = memberPresent(memberPresent(root, 'text'), 'format')
  if (format) pieces.push({ value: format, isText: false })
  return pieces
}
