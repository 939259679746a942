import type { JsonValue } from '../json-text.ts'
import { describe, needKind, needMember, needName, needOneOf, refuse } from './check.ts'

/** The form an answer must have: any text, any JSON, or JSON of a schema, which is checked as far as it can go wrong. */

const TYPES = ['text', 'json_object', 'json_schema']
const SCHEMA_TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']

export function checkResponseFormat(format: JsonValue): void {
  needKind(format, 'object')
  if (needOneOf(needMember(format, 'type', `It is one of ${TYPES.join(', ')}.`), TYPES) !== 'json_schema') return
  const described = needMember(format, 'json_schema', 'Give {"name": "…", "schema": {…}}.')
  needKind(described, 'object')
  needName(needMember(described, 'name', 'Give the schema a name.'), 'schema_invalid')
  const schema = described.member('schema')
  if (schema) checkSchema(schema)
}

/** Keywords by what their values hold (JSON Schema 2020-12, with the older names): one schema, a list, or named ones. */
const ONE =
  'items additionalItems additionalProperties contains not if then else propertyNames unevaluatedItems unevaluatedProperties'.split(
    ' ',
  )
const LISTED = 'allOf anyOf oneOf prefixItems items'.split(' ')
const NAMED = 'properties patternProperties dependentSchemas $defs definitions'.split(' ')

/** Recursion ends: a body is at most 64 levels deep. */
function checkSchema(schema: JsonValue): void {
  if (schema.kind === 'boolean') return
  if (schema.kind !== 'object') throw invalid(schema, `must be a schema: an object; got ${describe(schema)}.`)
  for (const { key, value } of schema.members()) {
    if (key === '$ref' || key === '$dynamicRef') checkReference(value)
    if (key === 'type') checkType(value)
    if (key === 'enum') needSchemaKind(value, 'array')
    if (key === 'required') checkRequired(value)
    checkInside(key, value)
  }
}

function checkInside(key: string, value: JsonValue): void {
  if (NAMED.includes(key)) {
    needSchemaKind(value, 'object')
    for (const { value: named } of value.members()) checkSchema(named)
  } else if (LISTED.includes(key) && value.kind === 'array') {
    for (const listed of value.elements()) checkSchema(listed)
  } else if (ONE.includes(key)) {
    checkSchema(value)
  } else if (LISTED.includes(key)) {
    needSchemaKind(value, 'array')
  }
}

/** Nothing is ever fetched for a schema, neither here nor, if the provider is careful, there. */
function checkReference(reference: JsonValue): void {
  if (reference.kind === 'string' && reference.text().startsWith('#')) return
  throw invalid(
    reference,
    `must point into the schema itself, such as "#/$defs/item"; got ${describe(reference)}. Put what it refers to under $defs.`,
  )
}

function checkType(type: JsonValue): void {
  const types = type.kind === 'array' ? type.elements() : [type]
  for (const each of types) {
    if (each.kind === 'string' && SCHEMA_TYPES.includes(each.text())) continue
    throw invalid(each, `must be ${SCHEMA_TYPES.join(', ')}, or a list of these; got ${describe(each)}.`)
  }
}

function checkRequired(required: JsonValue): void {
  needSchemaKind(required, 'array')
  for (const name of required.elements()) needSchemaKind(name, 'string')
}

function needSchemaKind(value: JsonValue, kind: 'array' | 'object' | 'string'): void {
  if (value.kind !== kind)
    throw invalid(value, `must be ${kind === 'string' ? 'a string' : `an ${kind}`}; got ${describe(value)}.`)
}

function invalid(value: JsonValue, problem: string): Error {
  return refuse('schema_invalid', value, problem)
}
