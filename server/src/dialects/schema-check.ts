import { describe, refuse } from './check.ts'
import type { JsonValue } from './json-text.ts'

/** JSON schemas of requests, checked as far as they can go wrong. */

const SCHEMA_TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']

/** Keywords by what their values hold (JSON Schema 2020-12, with the older names): one schema, a list, or named ones. */
const ONE =
  'items additionalItems additionalProperties contains not if then else propertyNames unevaluatedItems unevaluatedProperties'.split(
    ' ',
  )
const LISTED = 'allOf anyOf oneOf prefixItems items'.split(' ')
const NAMED = 'properties patternProperties dependentSchemas $defs definitions'.split(' ')

/** Recursion ends: a body is at most 64 levels deep. */
export function checkSchema(schema: JsonValue): void {
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
