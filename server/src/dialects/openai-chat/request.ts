import type { ReadRequest } from '../dialect.ts'
import { memberBoolean, memberCount, memberNumber, memberPresent } from '../json-read.ts'
import { textOrNull, type JsonText, type JsonValue } from '../json-text.ts'
import { REQUEST_LIMITS, type RequestLimits } from '../limits.ts'
import { pieceBytes, pieceText } from '../prompt-pieces.ts'
import { checkRequest, readMetadata, type RequestShape } from '../request-fields.ts'
import { FIELD_CHECKS } from './fields.ts'
import { promptPieces } from './prompt.ts'

export type ChatRequest = ReadRequest

const SHAPE: RequestShape = {
  checks: FIELD_CHECKS,
  conversation: { name: 'messages', advice: 'Give a list such as [{"role":"user","content":"Hello"}].' },
  media: { images: ['image_url'], audio: ['input_audio'], files: ['file'] },
}

/**
 * Checks a request of the openai-chat dialect field by field and says what is in it. Limits that are not given are those
 * of REQUEST_LIMITS. Throws a PaddockError with the place and the mending of the first fault.
 */
export function readChatRequest(json: JsonText, given: Partial<RequestLimits> = REQUEST_LIMITS): ChatRequest {
  const common = checkRequest(json, given, SHAPE)
  const { root } = json
  return {
    model: common.model,
    stream: common.stream,
    imageCount: common.imageCount,
    hasImages: common.hasImages,
    hasAudio: common.hasAudio,
    hasFiles: common.hasFiles,
    unknownFields: common.unknownFields,
    includeUsage: memberBoolean(root.member('stream_options'), 'include_usage') === true,
    maxTokens: memberNumber(root, 'max_completion_tokens') ?? memberNumber(root, 'max_tokens'),
    n: memberNumber(root, 'n') ?? 1,
    messageCount: memberCount(root, 'messages'),
    promptBytes: pieceBytes(promptPieces(root)),
    hasTools: common.hasTools || memberCount(root, 'functions') > 0,
    user: userOf(root),
    metadata: readMetadata(root),
    previousResponseId: null,
    store: memberBoolean(root, 'store'),
    fields: {
      conversation: 'messages',
      maxTokens: memberPresent(root, 'max_completion_tokens') ? 'max_completion_tokens' : 'max_tokens',
    },
  }
}

/** The text of the prompt, for counting its tokens. */
export function readPromptText(json: JsonText): string {
  return pieceText(promptPieces(json.root))
}

/** An empty name is a name: it was sent. The newer spelling counts where the older one is missing. */
function userOf(root: JsonValue): string | null {
  return textOrNull(root.member('user')) ?? textOrNull(root.member('safety_identifier'))
}
