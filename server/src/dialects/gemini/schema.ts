import { PaddockError } from '../../base/errors.ts'
import type { JsonMembers, JsonOut, RawJson } from '../json-write.ts'

/** References can make a huge schema out of a small one: these many pieces, so deep, and so much text put in place. */
const PIECES_MAX = 10_000
const DEPTH_MAX = 256
const REFERRED_LENGTH_MAX = 4 * 1024 * 1024

/**
 * JSON schemas in the subset this dialect takes (its `Schema` type, which follows OpenAPI 3.0): references are put in
 * place, alternatives become `anyOf`, null becomes `nullable`, and what has no word there is left out. `param` is where
 * the schema stands. Throws schema_invalid for one that is too large with its references in place.
 */
export function writeSchema(schema: RawJson, param: string): JsonOut {
  const root: unknown = JSON.parse(schema.json)
  return convert(root, { whole: { root, param, pieces: 0, referredLength: 0 }, open: [], depth: 0 })
}

/** Whether a schema of arguments says that there are none: then it is left out, because an empty one is refused. */
export function hasProperties(schema: RawJson): boolean {
  return Object.keys(objectIn(asObject(JSON.parse(schema.json)), 'properties')).length > 0
}

/** What references point into, and how much has been made of it. */
type Whole = { readonly root: unknown; readonly param: string; pieces: number; referredLength: number }
/** How far in, and which references are being followed. */
type Place = { readonly whole: Whole; readonly open: readonly string[]; readonly depth: number }
type Fields = Readonly<Record<string, unknown>>

/** Keywords that mean the same there. */
const KEPT =
  'title description default minimum maximum minItems maxItems minLength maxLength pattern minProperties maxProperties'.split(
    ' ',
  )
const FORMATS = ['date-time', 'float', 'double', 'int32', 'int64']

function convert(value: unknown, around: Place): JsonMembers {
  const place = inside(around)
  const schema = merged(asObject(value), place)
  if (typeof schema['$ref'] === 'string') return follow(schema, schema['$ref'], place)
  const alternatives = [...listIn(schema, 'anyOf'), ...listIn(schema, 'oneOf')]
  const types = typesOf(schema)
  const isNullable = types.includes('null') || alternatives.some(isNull) || listIn(schema, 'enum').includes(null)
  return {
    ...typeMembers(types.filter((type) => type !== 'null')),
    ...Object.fromEntries(KEPT.filter((name) => name in schema).map((name) => [name, schema[name] as JsonOut])),
    format: FORMATS.find((format) => format === schema['format']),
    ...enumMembers(schema),
    ...alternativeMembers(
      alternatives.filter((each) => !isNull(each)),
      place,
    ),
    ...objectMembers(schema, place),
    ...(types.includes('array') ? { items: convert(schema['items'] ?? { type: 'string' }, place) } : {}),
    ...(isNullable ? { nullable: true } : {}),
  }
}

/** A reference to what is just being written would never end: of that it is said only that it is an object. */
function follow(schema: Fields, reference: string, place: Place): JsonMembers {
  const described = typeof schema['description'] === 'string' ? { description: schema['description'] } : {}
  if (place.open.includes(reference)) return { type: 'OBJECT', ...described }
  return { ...convert(targetOf(reference, place.whole), opening(reference, place)), ...described }
}

function opening(reference: string, place: Place): Place {
  return { ...place, open: [...place.open, reference] }
}

/** One piece further in. */
function inside({ whole, open, depth }: Place): Place {
  whole.pieces += 1
  if (whole.pieces > PIECES_MAX) throw tooLarge(whole, `it has more than ${PIECES_MAX} pieces`)
  if (depth === DEPTH_MAX) throw tooLarge(whole, `it is more than ${DEPTH_MAX} levels deep`)
  return { whole, open, depth: depth + 1 }
}

function tooLarge({ param }: Whole, what: string): PaddockError {
  return new PaddockError('schema_invalid', {
    message: `This schema is too large for the provider of this model: with its references put in place ${what}. Refer to fewer things, or describe them more loosely.`,
    param,
  })
}

/** What a pointer into the schema itself points to. */
function targetOf(reference: string, whole: Whole): unknown {
  let target = whole.root
  for (const name of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    target = asObject(target)[name.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  whole.referredLength += JSON.stringify(target)?.length ?? 0
  if (whole.referredLength > REFERRED_LENGTH_MAX)
    throw tooLarge(whole, `it has more than ${REFERRED_LENGTH_MAX} characters`)
  return target
}

/** All of `allOf` at once. */
function merged(schema: Fields, place: Place): Fields {
  const all = listIn(schema, 'allOf').map(asObject)
  if (all.length === 0) return schema
  const { allOf: _, ...own } = schema
  const pieces = [...all.map((piece) => mergedPiece(piece, inside(place))), own]
  return {
    ...Object.assign({}, ...pieces),
    properties: Object.assign({}, ...pieces.map((piece) => objectIn(piece, 'properties'))) as unknown,
    required: pieces.flatMap((piece) => listIn(piece, 'required')),
  } as Fields
}

/** That a schema is all of itself says nothing. */
function mergedPiece(piece: Fields, place: Place): Fields {
  const reference = piece['$ref']
  if (typeof reference !== 'string') return merged(piece, place)
  if (place.open.includes(reference)) return {}
  return merged(asObject(targetOf(reference, place.whole)), opening(reference, place))
}

function typesOf(schema: Fields): string[] {
  const { type } = schema
  if (typeof type === 'string') return [type]
  if (Array.isArray(type)) return type.filter((each) => typeof each === 'string')
  if ('properties' in schema) return ['object']
  if ('items' in schema) return ['array']
  return 'const' in schema || listIn(schema, 'enum').some((each) => typeof each === 'string') ? ['string'] : []
}

function typeMembers(types: readonly string[]): JsonMembers {
  const [only, ...others] = types
  if (only === undefined) return {}
  if (others.length === 0) return { type: only.toUpperCase() }
  return { anyOf: types.map((type) => ({ type: type.toUpperCase() })) }
}

/** Only texts can be listed there. */
function enumMembers(schema: Fields): JsonMembers {
  const listed = 'const' in schema ? [schema['const']] : listIn(schema, 'enum')
  const texts = listed.filter((each) => typeof each === 'string')
  const areAllTexts = texts.length === listed.filter((each) => each !== null).length
  return texts.length > 0 && areAllTexts ? { format: 'enum', enum: texts } : {}
}

function alternativeMembers(alternatives: readonly unknown[], place: Place): JsonMembers {
  const written = alternatives.map((each) => convert(each, place))
  const [only] = written
  if (only === undefined) return {}
  return written.length === 1 ? only : { anyOf: written }
}

function objectMembers(schema: Fields, place: Place): JsonMembers {
  const properties = Object.entries(objectIn(schema, 'properties'))
  if (properties.length === 0) return {}
  const names = properties.map(([name]) => name)
  const required = listIn(schema, 'required').filter((name) => typeof name === 'string' && names.includes(name))
  return {
    properties: Object.fromEntries(properties.map(([name, value]) => [name, convert(value, place)])),
    propertyOrdering: names,
    required: required.length > 0 ? (required as string[]) : undefined,
  }
}

function isNull(schema: unknown): boolean {
  return asObject(schema)['type'] === 'null'
}

function asObject(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function objectIn(schema: Fields, name: string): Fields {
  return asObject(schema[name])
}

function listIn(schema: Fields, name: string): readonly unknown[] {
  const list = schema[name]
  return Array.isArray(list) ? list : []
}
