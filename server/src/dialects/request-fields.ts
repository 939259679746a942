import { PaddockError } from '../base/errors.ts'
import { needKeyAllowed, refuse, refuseAbsent } from './check.ts'
import type { ReadRequest } from './dialect.ts'
import type { FieldCheck } from './field-checks.ts'
import { memberBoolean, memberCount, memberText } from './json-read.ts'
import { textOrNull, type JsonText, type JsonValue } from './json-text.ts'
import { limitsWith, type RequestLimits } from './limits.ts'
import { checkMedia, lookInto, type Found, type Part } from './media-check.ts'
import { unknownField, type UnknownField } from './unknown-fields.ts'

/** What the requests of all caller dialects have in common: an object with a model, a conversation, and fields to check. */

/** How a dialect's requests look. */
export type RequestShape = {
  readonly checks: ReadonlyMap<string, FieldCheck>
  /** The field with the conversation, and what to say where it is missing. */
  readonly conversation: { readonly name: string; readonly advice: string }
  /** The types of parts that hold more than text. */
  readonly media: {
    readonly images: readonly string[]
    readonly audio: readonly string[]
    readonly files: readonly string[]
  }
}

const UNKNOWN_FIELDS_MAX = 16
const MODELS_OFFERED_MAX = 10

/** What is said of every request in the same way. */
type CommonFacts = Media &
  Pick<ReadRequest, 'model' | 'stream' | 'hasTools' | 'unknownFields'> & {
    /** All objects in it. */
    readonly parts: readonly Part[]
  }
type Media = Pick<ReadRequest, 'imageCount' | 'hasImages' | 'hasAudio' | 'hasFiles'>

/** Checks a request field by field. Throws a PaddockError with the place and the mending of the first fault. */
export function checkRequest(json: JsonText, given: Partial<RequestLimits>, shape: RequestShape): CommonFacts {
  const limits = limitsWith(given)
  const { root } = json
  const { name } = shape.conversation
  needModel(root, limits)
  const conversation = root.member(name)
  if (conversation === undefined) throw refuseAbsent('field_missing', root, shape.conversation)
  const found = lookInto(root)
  const media = mediaIn(found, shape)
  // Before any image is looked at, because that takes its time.
  needFewImages(conversation, media.imageCount, limits)
  const unknownFields: UnknownField[] = []
  root.eachMember((key, value) => {
    needKeyAllowed(key, value)
    const check = shape.checks.get(key)
    if (check) check(value, limits)
    else if (unknownFields.length < UNKNOWN_FIELDS_MAX) unknownFields.push(unknownField(key, shape.checks.keys()))
  })
  checkMedia(found, limits)
  return {
    imageCount: media.imageCount,
    hasImages: media.hasImages,
    hasAudio: media.hasAudio,
    hasFiles: media.hasFiles,
    model: memberText(root, 'model'),
    stream: memberBoolean(root, 'stream') === true,
    hasTools: memberCount(root, 'tools') > 0,
    unknownFields,
    parts: found.parts,
  }
}

/** Throws model_missing, with some of the names it could be. */
export function needModel(root: JsonValue, { modelsOffered }: Pick<RequestLimits, 'modelsOffered'>): void {
  const model = root.member('model')
  if (model === undefined || model.kind === 'null' || textOrNull(model) === '') throw modelMissing(modelsOffered)
}

export function modelMissing(modelsOffered: readonly string[]): PaddockError {
  const offered = modelsOffered.slice(0, MODELS_OFFERED_MAX).join(', ')
  const advice = offered === '' ? 'GET /v1/models lists what this key may call.' : `This key may call ${offered}.`
  return new PaddockError('model_missing', {
    message: `model is missing: name the model that is to answer. ${advice}`,
    param: '/model',
  })
}

function needFewImages(conversation: JsonValue, imageCount: number, { imagesMax }: RequestLimits): void {
  if (imageCount <= imagesMax) return
  throw refuse('too_many', conversation, `may hold ${imagesMax} images in all; these hold ${imageCount}.`)
}

function mediaIn({ parts }: Found, { media: { images, audio, files } }: RequestShape): Media {
  let imageCount = 0
  let hasAudio = false
  let hasFiles = false
  for (const { type } of parts) {
    if (type === '') continue
    if (images.includes(type)) imageCount += 1
    else if (audio.includes(type)) hasAudio = true
    else if (files.includes(type)) hasFiles = true
  }
  return { imageCount, hasImages: imageCount > 0, hasAudio, hasFiles }
}

const NO_METADATA: ReadonlyMap<string, string> = new Map()

export function readMetadata(root: JsonValue): ReadonlyMap<string, string> {
  const members = root.member('metadata')?.members() ?? []
  if (members.length === 0) return NO_METADATA
  return new Map(members.flatMap(({ key, value }) => (value.kind === 'string' ? [[key, value.text()]] : [])))
}

/** Fields that are known and not looked at. */
export function passedFields(names: string): [name: string, check: FieldCheck][] {
  return names.split(' ').map((name) => [name, () => undefined])
}
