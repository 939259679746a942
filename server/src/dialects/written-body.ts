import type { Edited, Target } from './dialect.ts'
import { JsonEdit } from './json-edit.ts'
import type { JsonText } from './json-text.ts'
import { writeJson, type JsonOut } from './json-write.ts'
import type { DialectName } from './dialect-name.ts'
import type { NeutralRequest } from './neutral.ts'
import { movedInto, type SettingNames } from './settings.ts'

/** The last step of writing a request, whichever way it was made: what the provider does not take is left out and named. */

const NO_RANGES: NonNullable<Target['facts']['ranges']> = {}

/** A body made from parts. */
export function writeBody(
  members: Readonly<Record<string, JsonOut>>,
  { facts }: Target,
  ignored: readonly string[],
): Edited {
  const unsupported = new Set(facts.unsupported)
  const kept = Object.entries(members).filter(([name]) => !unsupported.has(name))
  const left = Object.keys(members).filter((name) => unsupported.has(name) && members[name] !== undefined)
  return { body: Buffer.from(writeJson(Object.fromEntries(kept))), ignored: [...new Set([...ignored, ...left])] }
}

/** The caller's own body, for another model, with settings inside of the provider's ranges. More edits can follow. */
export function editBody(
  json: JsonText,
  { model, facts }: Target,
  names: SettingNames,
): { readonly edit: JsonEdit; readonly ignored: readonly string[] } {
  const unsupported = new Set(facts.unsupported)
  const ignored: string[] = []
  if (unsupported.size > 0) {
    json.root.eachMember((key) => {
      if (unsupported.has(key)) ignored.push(key)
    })
  }
  const edit = new JsonEdit(json).setMember('model', JSON.stringify(model)).removeMembers(unsupported)
  for (const [setting, range] of Object.entries(facts.ranges ?? NO_RANGES)) {
    const name = names[setting as keyof SettingNames]
    const value = name === undefined ? undefined : json.root.member(name)
    const moved = value?.kind === 'number' ? movedInto(range, value.number()) : null
    if (name === undefined || moved === null || unsupported.has(name)) continue
    edit.setMember(name, String(moved))
    ignored.push(setting)
  }
  return { edit, ignored }
}

/** Fields without neutral words: written again for a provider of the caller's dialect, else named as ignored. */
export function restFor(
  { rest }: NeutralRequest,
  dialect: DialectName,
): { readonly members: Readonly<Record<string, JsonOut>>; readonly ignored: readonly string[] } {
  return rest.dialect === dialect
    ? { members: Object.fromEntries(rest.members), ignored: [] }
    : { members: {}, ignored: [...rest.members.keys()] }
}
