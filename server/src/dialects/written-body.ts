import type { Edited, Target } from './dialect.ts'
import { JsonEdit } from './json-edit.ts'
import type { JsonText } from './json-text.ts'
import { writeJson, type JsonOut } from './json-write.ts'
import type { DialectName } from './dialect-name.ts'
import type { NeutralRequest } from './neutral.ts'
import { movedInto, type SettingNames } from './settings.ts'

/** The last step of writing a request, whichever way it was made: what the provider does not take is left out and named. */

const NO_NAMES: readonly string[] = []
const NO_MEMBERS: Readonly<Record<string, JsonOut>> = {}

/** A body made from parts. */
export function writeBody(
  members: Readonly<Record<string, JsonOut>>,
  { facts }: Target,
  ignored: readonly string[],
): Edited {
  const left = namesIn(members, facts.unsupported ?? NO_NAMES)
  if (left.length === 0) return { body: Buffer.from(writeJson(members)), ignored: eachOnce(ignored) }
  const kept = Object.entries(members).filter(([name]) => !left.includes(name))
  return { body: Buffer.from(writeJson(Object.fromEntries(kept))), ignored: eachOnce([...ignored, ...left]) }
}

function namesIn(members: Readonly<Record<string, JsonOut>>, names: readonly string[]): readonly string[] {
  if (names.length === 0) return NO_NAMES
  return Object.keys(members).filter((name) => members[name] !== undefined && names.includes(name))
}

function eachOnce(names: readonly string[]): readonly string[] {
  return names.length < 2 ? names : [...new Set(names)]
}

/** The caller's own body, for another model, with settings inside of the provider's ranges. More edits can follow. */
export function editBody(
  json: JsonText,
  { model, facts }: Target,
  names: SettingNames,
): { readonly edit: JsonEdit; readonly ignored: readonly string[] } {
  const unsupported = facts.unsupported ?? NO_NAMES
  const ignored: string[] = []
  if (unsupported.length > 0) {
    json.root.eachMember((key) => {
      if (unsupported.includes(key)) ignored.push(key)
    })
  }
  const edit = new JsonEdit(json).setMember('model', JSON.stringify(model))
  if (ignored.length > 0) edit.removeMembers(new Set(ignored))
  if (facts.ranges === undefined) return { edit, ignored }
  for (const [setting, range] of Object.entries(facts.ranges)) {
    const name = names[setting as keyof SettingNames]
    const value = name === undefined ? undefined : json.root.member(name)
    const moved = value?.kind === 'number' ? movedInto(range, value.number()) : null
    if (name === undefined || moved === null || unsupported.includes(name)) continue
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
    ? { members: Object.fromEntries(rest.members), ignored: NO_NAMES }
    : { members: NO_MEMBERS, ignored: [...rest.members.keys()] }
}
