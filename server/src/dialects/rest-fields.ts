import { rawJson } from './json-read.ts'
import type { JsonValue } from './json-text.ts'
import type { RawJson } from './json-write.ts'
import type { NeutralRequest } from './neutral.ts'

/** What a request says beside the fields that have neutral words. */
export function readRest(root: JsonValue, translated: ReadonlySet<string>): NeutralRequest['rest']['members'] {
  const rest = new Map<string, RawJson>()
  root.eachMember((key, value) => {
    if (!translated.has(key) && value.kind !== 'null') rest.set(key, rawJson(value))
  })
  return rest
}
