import { PaddockError } from '../../base/errors.ts'
import { textOrNull, type JsonText, type JsonValue } from '../json-text.ts'
import { needKeyAllowed, refuse, refuseAbsent } from './check.ts'
import { FIELD_CHECKS } from './fields.ts'
import { CHAT_LIMITS, type ChatLimits } from './limits.ts'
import { promptBytes, promptText } from './prompt.ts'
import { unknownField, type UnknownField } from './unknown-fields.ts'

/** What is known of a request once it has been checked; its bytes are what is sent on. */
export type ChatRequest = {
  readonly model: string
  readonly stream: boolean
  /** Whether the caller asked for the usage of a stream. */
  readonly includeUsage: boolean
  /** What the caller allows for each answer: `max_completion_tokens`, else `max_tokens`. */
  readonly maxTokens: number | null
  readonly n: number
  readonly messageCount: number
  /** Bytes of text in the prompt, for estimating its tokens. */
  readonly promptBytes: number
  readonly imageCount: number
  readonly hasImages: boolean
  readonly hasAudio: boolean
  readonly hasFiles: boolean
  readonly hasTools: boolean
  readonly user: string | null
  readonly metadata: ReadonlyMap<string, string>
  /** Fields that are passed on unread; the first few of them. */
  readonly unknownFields: readonly UnknownField[]
}

const UNKNOWN_FIELDS_MAX = 16
const MODELS_OFFERED_MAX = 10

type Fields = ReadonlyMap<string, JsonValue>
/** How many parts of each type the messages hold. */
type PartCounts = ReadonlyMap<string, number>

/**
 * Checks a request of the openai-chat dialect field by field and says what is in it. Limits that are not given are those
 * of CHAT_LIMITS. Throws a PaddockError with the place and the mending of the first fault.
 */
export function readChatRequest(json: JsonText, given: Partial<ChatLimits> = CHAT_LIMITS): ChatRequest {
  const limits = given === CHAT_LIMITS ? CHAT_LIMITS : { ...CHAT_LIMITS, ...given }
  const members = json.root.members()
  const fields: Fields = new Map(members.map(({ key, value }) => [key, value]))
  needModel(fields, limits)
  if (!fields.has('messages')) {
    throw refuseAbsent('field_missing', json.root, {
      name: 'messages',
      advice: 'Give a list such as [{"role":"user","content":"Hello"}].',
    })
  }
  const parts = countParts(fields)
  needFewImages(parts, fields, limits)
  for (const { key, value } of members) {
    needKeyAllowed(key, value)
    FIELD_CHECKS.get(key)?.(value, limits)
  }
  return describeRequest(json.root, fields, parts)
}

/** The text of the prompt, for counting its tokens. */
export function readPromptText(json: JsonText): string {
  return promptText(json.root)
}

function needModel(fields: Fields, { modelsOffered }: ChatLimits): void {
  const model = fields.get('model')
  if (model !== undefined && model.kind !== 'null' && textOrNull(model) !== '') return
  const offered = modelsOffered.slice(0, MODELS_OFFERED_MAX).join(', ')
  const advice = offered === '' ? 'GET /v1/models lists what this key may call.' : `This key may call ${offered}.`
  throw new PaddockError('model_missing', {
    message: `model is missing: name the model that is to answer. ${advice}`,
    param: '/model',
  })
}

/** Before any image is looked at, because that takes its time. */
function needFewImages(parts: PartCounts, fields: Fields, { imagesMax }: ChatLimits): void {
  const messages = fields.get('messages')
  const imageCount = parts.get('image_url') ?? 0
  if (messages === undefined || imageCount <= imagesMax) return
  throw refuse('too_many', messages, `may hold ${imagesMax} images in all; these hold ${imageCount}.`)
}

/** Of a request that has been checked. */
function describeRequest(root: JsonValue, fields: Fields, parts: PartCounts): ChatRequest {
  const imageCount = parts.get('image_url') ?? 0
  return {
    model: textOrNull(fields.get('model')) ?? '',
    stream: fields.get('stream')?.isTrue() === true,
    includeUsage: fields.get('stream_options')?.member('include_usage')?.isTrue() === true,
    maxTokens: numberOrNull(fields.get('max_completion_tokens')) ?? numberOrNull(fields.get('max_tokens')),
    n: numberOrNull(fields.get('n')) ?? 1,
    messageCount: fields.get('messages')?.elements().length ?? 0,
    promptBytes: promptBytes(root),
    imageCount,
    hasImages: imageCount > 0,
    hasAudio: parts.has('input_audio'),
    hasFiles: parts.has('file'),
    hasTools: holdsItems(fields.get('tools')) || holdsItems(fields.get('functions')),
    user: textOrNull(fields.get('user')),
    metadata: new Map(
      fields
        .get('metadata')
        ?.members()
        .map(({ key, value }) => [key, value.text()]),
    ),
    unknownFields: unknownFields(fields),
  }
}

function unknownFields(fields: Fields): UnknownField[] {
  const unknown = [...fields.keys()].filter((name) => !FIELD_CHECKS.has(name))
  return unknown.slice(0, UNKNOWN_FIELDS_MAX).map((name) => unknownField(name, FIELD_CHECKS.keys()))
}

function countParts(fields: Fields): PartCounts {
  const counts = new Map<string, number>()
  for (const message of fields.get('messages')?.elements() ?? []) {
    for (const part of message.member('content')?.elements() ?? []) {
      const type = textOrNull(part.member('type')) ?? ''
      counts.set(type, (counts.get(type) ?? 0) + 1)
    }
  }
  return counts
}

function holdsItems(list: JsonValue | undefined): boolean {
  return list !== undefined && list.elements().length > 0
}

function numberOrNull(value: JsonValue | undefined): number | null {
  return value?.kind === 'number' ? value.number() : null
}
