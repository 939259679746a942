import type { ReadRequest } from '../dialect.ts'
import { refuseAbsent } from '../check.ts'
import { memberCount, memberNumber, memberPresent, memberText } from '../json-read.ts'
import type { JsonText, JsonValue } from '../json-text.ts'
import { REQUEST_LIMITS, type RequestLimits } from '../limits.ts'
import { lookInto, partsInside, type Part } from '../media-check.ts'
import { addPieces, pieceBytes, pieceText, spoken, type Piece } from '../prompt-pieces.ts'
import { checkRequest, type RequestShape } from '../request-fields.ts'
import { FIELD_CHECKS } from './fields.ts'

const SHAPE: RequestShape = {
  checks: FIELD_CHECKS,
  conversation: { name: 'messages', advice: 'Give a list such as [{"role":"user","content":"Hello"}].' },
  media: { images: ['image'], audio: [], files: ['document'] },
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
  const common = checkRequest(json, given, SHAPE)
  const { root } = json
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
    maxTokens: memberNumber(root, 'max_tokens'),
    n: 1,
    messageCount: memberCount(root, 'messages'),
    promptBytes: pieceBytes(promptPieces(root, common.parts)),
    user: memberText(root.member('metadata'), 'user_id') || null,
    metadata: new Map(),
    previousResponseId: null,
    store: null,
    fields: { conversation: 'messages', maxTokens: 'max_tokens' },
  }
}

export function promptText(json: JsonText): string {
  return pieceText(promptPieces(json.root, lookInto(json.root).parts))
}

/** What the model is shown of messages, blocks, results and documents. */
const IN_BLOCK = spoken('content text thinking title context name', 'input')
/** The source of a document that is plain text; in any other, `data` is no words. */
const IN_TEXT = spoken('content text thinking title context name data', 'input')
const FIRST = spoken('system')
const LAST = spoken('', 'tools')

function promptPieces(root: JsonValue, parts: readonly Part[]): Piece[] {
  const pieces: Piece[] = []
  addPieces(pieces, root, FIRST)
  for (const name of ['system', 'messages']) {
    for (const { object, type } of partsInside(root.member(name), parts))
      addPieces(pieces, object, type === 'text' ? IN_TEXT : IN_BLOCK)
  }
  addPieces(pieces, root, LAST)
  const format = memberPresent(root, 'output_config')?.member('format')
  if (format) pieces.push({ value: format, isText: false })
  return pieces
}
