import type { JsonValue } from '../json-text.ts'
import { needKind, needMember, needName, needOneOf } from '../check.ts'
import { checkSchema } from '../schema-check.ts'

/** The form an answer must have: any text, any JSON, or JSON of a schema, which is checked as far as it can go wrong. */

const TYPES = ['text', 'json_object', 'json_schema']

export function checkResponseFormat(format: JsonValue): void {
  needKind(format, 'object')
  if (needOneOf(needMember(format, 'type', `It is one of ${TYPES.join(', ')}.`), TYPES) !== 'json_schema') return
  const described = needMember(format, 'json_schema', 'Give {"name": "…", "schema": {…}}.')
  needKind(described, 'object')
  needName(needMember(described, 'name', 'Give the schema a name.'), 'schema_invalid')
  const schema = described.member('schema')
  if (schema) checkSchema(schema)
}
