import { PaddockError } from '../../base/errors.ts'
import { byteSet, endOfRun } from '../byte-run.ts'
import { imageUrlFault } from '../image-url.ts'
import type { JsonValue } from '../json-text.ts'
import { urlFault } from '../url-rules.ts'
import { describe, needKind, needMember, refuse } from '../check.ts'
import { checkFileName } from '../field-checks.ts'
import type { RequestLimits } from '../limits.ts'

/** What a message says: text, or a list of parts. Which model takes which parts is checked where the model is known. */

type PartCheck = (part: JsonValue, limits: RequestLimits) => void

const SCHEME_LENGTH_MAX = 32
const SPACE = byteSet(' \t\r\n\f\v')

const PARTS: ReadonlyMap<string, PartCheck> = new Map<string, PartCheck>([
  ['text', checkTextPart],
  ['image_url', checkImagePart],
  ['input_audio', checkAudioPart],
  ['file', checkFilePart],
  ['refusal', checkRefusalPart],
])
const PART_ADVICE = `Parts are ${[...PARTS.keys()].join(', ')}.`

export function checkContent(content: JsonValue, limits: RequestLimits): void {
  needKind(content, ['string', 'array'], 'a string or a list of parts')
  for (const part of content.elements()) {
    needKind(part, 'object')
    const type = needMember(part, 'type', PART_ADVICE)
    const check = type.kind === 'string' ? PARTS.get(type.text()) : undefined
    if (check === undefined) throw refuse('content_type_unknown', type, `cannot be ${describe(type)}. ${PART_ADVICE}`)
    check(part, limits)
  }
}

function checkTextPart(part: JsonValue): void {
  needKind(needMember(part, 'text', 'Give the text of this part.'), 'string')
}

function checkRefusalPart(part: JsonValue): void {
  needKind(needMember(part, 'refusal', 'Give the text of the refusal.'), 'string')
}

/** The address is a member of an object; some clients send it bare, and a bare one must be checked no less. */
function checkImagePart(part: JsonValue, limits: RequestLimits): void {
  const image = needMember(part, 'image_url', 'Give {"url": "https://…"}.')
  needKind(image, ['object', 'string'])
  const url = image.kind === 'string' ? image : needMember(image, 'url', 'Give an https address or a data: URI.')
  needKind(url, 'string')
  const fault = imageUrlFault(url.textBytes(), limits)
  if (fault) throw new PaddockError(fault.code, { message: fault.message, param: url.pointer })
}

function checkAudioPart(part: JsonValue, limits: RequestLimits): void {
  const audio = needMember(part, 'input_audio', 'Give {"data": "…", "format": "wav"}.')
  needKind(audio, 'object')
  const data = needMember(audio, 'data', 'Give the recording in base64.')
  checkData(data, limits)
}

function checkFilePart(part: JsonValue, limits: RequestLimits): void {
  const file = needMember(part, 'file', 'Give {"file_id": "…"} or {"filename": "…", "file_data": "…"}.')
  needKind(file, 'object')
  const data = file.member('file_data')
  if (data) checkData(data, limits)
  const name = file.member('filename')
  if (name) checkFileName(name)
}

/** Some providers take an address where others take data: then it is one like any other. No base64 has a colon. */
function checkData(value: JsonValue, limits: RequestLimits): void {
  needKind(value, 'string')
  const bytes = value.textBytes()
  if (bytes.length === 0) throw refuse('out_of_range', value, 'must not be empty.')
  const start = endOfRun(bytes, 0, SPACE)
  const opening = bytes.toString('latin1', start, start + SCHEME_LENGTH_MAX)
  if (!/^(?!data:)[a-z][a-z0-9+.-]*:/i.test(opening)) return
  const fault = urlFault(bytes.toString(), limits.urls)
  if (fault) throw new PaddockError(fault.code, { message: fault.message, param: value.pointer })
}
