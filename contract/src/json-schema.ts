import { z } from 'zod'

type Schema = Readonly<Record<string, unknown>>

/** True when the value is what the JSON Schema asks for. Throws when the schema itself cannot be read. */
export function matchesSchema(schema: Schema, value: unknown): boolean {
  return z.fromJSONSchema(namingRequired(schema) as Schema).safeParse(value).success
}

/** The reader asks for a required field only where `properties` names it, so every required one is named. */
function namingRequired(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(namingRequired)
  if (typeof schema !== 'object' || schema === null) return schema
  const fields = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, namingRequired(part)]))
  const { required, properties = {} } = fields
  if (!Array.isArray(required) || typeof properties !== 'object') return fields
  const named = Object.fromEntries(required.map((name) => [String(name), {}]))
  return { ...fields, properties: { ...named, ...properties } }
}
