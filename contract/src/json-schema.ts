import { z } from 'zod'

/** True when the value is what the JSON Schema asks for. Throws when the schema itself cannot be read. */
export function matchesSchema(schema: Readonly<Record<string, unknown>>, value: unknown): boolean {
  return z.fromJSONSchema(schema).safeParse(value).success
}
