import { rawJson } from './json-read.ts'
import type { JsonValue } from './json-text.ts'
import type { NeutralRequest } from './neutral.ts'

/** What a request says beside the fields that have neutral words. */
export function readRest(root: JsonValue, translated: ReadonlySet<string>): NeutralRequest['rest']['members'] {
  const rest = root.members().filter(({ key, value }) => !translated.has(key) && value.kind !== 'null')
  return new Map(rest.map(({ key, value }) => [key, rawJson(value)]))
}
