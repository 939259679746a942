import type { JsonValue } from '../json-text.ts'
import { describe, needKind, needMember, needText, refuse } from '../check.ts'
import { checkFileName } from '../field-checks.ts'

/**
 * What a message says: text, or a list of parts. Their addresses and data are checked with those of all other parts;
 * which model takes which parts, where the model is known.
 */

type PartCheck = (part: JsonValue) => void

const PARTS: ReadonlyMap<string, PartCheck> = new Map<string, PartCheck>([
  ['text', checkTextPart],
  ['image_url', checkImagePart],
  ['input_audio', checkAudioPart],
  ['file', checkFilePart],
  ['refusal', checkRefusalPart],
])
const PART_ADVICE = `Parts are ${[...PARTS.keys()].join(', ')}.`

export function checkContent(content: JsonValue): void {
  needKind(content, ['string', 'array'], 'a string or a list of parts')
  for (const part of content.elements()) {
    needKind(part, 'object')
    const type = needMember(part, 'type', PART_ADVICE)
    const check = type.kind === 'string' ? PARTS.get(type.text()) : undefined
    if (check === undefined) throw refuse('content_type_unknown', type, `cannot be ${describe(type)}. ${PART_ADVICE}`)
    check(part)
  }
}

function checkTextPart(part: JsonValue): void {
  needKind(needMember(part, 'text', 'Give the text of this part.'), 'string')
}

function checkRefusalPart(part: JsonValue): void {
  needKind(needMember(part, 'refusal', 'Give the text of the refusal.'), 'string')
}

/** The address is a member of an object; some clients send it bare. */
function checkImagePart(part: JsonValue): void {
  const image = needMember(part, 'image_url', 'Give {"url": "https://…"}.')
  needKind(image, ['object', 'string'])
  const url = image.kind === 'string' ? image : needMember(image, 'url', 'Give an https address or a data: URI.')
  needKind(url, 'string')
}

function checkAudioPart(part: JsonValue): void {
  const audio = needMember(part, 'input_audio', 'Give {"data": "…", "format": "wav"}.')
  needKind(audio, 'object')
  needText(needMember(audio, 'data', 'Give the recording in base64.'))
}

function checkFilePart(part: JsonValue): void {
  const file = needMember(part, 'file', 'Give {"file_id": "…"} or {"filename": "…", "file_data": "…"}.')
  needKind(file, 'object')
  const data = file.member('file_data')
  if (data) needText(data)
  const name = file.member('filename')
  if (name) checkFileName(name)
}
