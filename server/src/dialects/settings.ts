import type { DialectFacts, Range } from './facts.ts'
import { memberRaw } from './json-read.ts'
import type { JsonValue } from './json-text.ts'
import { RawJson } from './json-write.ts'
import type { SettingName, Settings } from './neutral.ts'

/** Settings in and out of a dialect: all a dialect has to say about them is how it calls them. */

/** How a dialect calls the settings it has. */
export type SettingNames = Readonly<Partial<Record<SettingName, string>>>

export function readSettings(object: JsonValue, names: SettingNames): Settings {
  const settings = new Map<SettingName, RawJson>()
  for (const setting of Object.keys(names) as SettingName[]) {
    const name = names[setting]
    const value = name === undefined ? null : memberRaw(object, name)
    if (value) settings.set(setting, value)
  }
  return settings
}

export type WrittenSettings = {
  readonly members: Readonly<Record<string, RawJson>>
  /** Settings that are not taken, or whose value was moved into its range. */
  readonly ignored: readonly string[]
}

export function writeSettings(
  settings: Settings,
  names: SettingNames,
  { ranges = {}, unsupported = [] }: DialectFacts,
): WrittenSettings {
  const members: Record<string, RawJson> = {}
  const ignored: string[] = []
  for (const [setting, value] of settings) {
    const name = names[setting]
    const isTaken = name !== undefined && !unsupported.includes(name)
    const moved = movedInto(ranges[setting], Number(value.json))
    if (isTaken) members[name] = moved === null ? value : new RawJson(String(moved))
    if (!isTaken || moved !== null) ignored.push(setting)
  }
  return { members, ignored }
}

/** The end of the range that is nearer to a number outside of it; null for one inside, and for what is no number. */
export function movedInto(range: Range | undefined, value: number): number | null {
  if (range === undefined || Number.isNaN(value)) return null
  if (value < range.min) return range.min
  return value > range.max ? range.max : null
}
