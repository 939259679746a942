import { textOrNull, type JsonValue } from './json-text.ts'
import { RawJson } from './json-write.ts'

/** The few questions that are asked of members again and again. Absent, null and of another kind are the same answer. */

export function memberText(object: JsonValue | undefined, name: string): string {
  return textOrNull(object?.member(name)) ?? ''
}

export function memberNumber(object: JsonValue | undefined, name: string): number | null {
  const value = object?.member(name)
  return value?.kind === 'number' ? value.number() : null
}

export function memberBoolean(object: JsonValue | undefined, name: string): boolean | null {
  const value = object?.member(name)
  return value?.kind === 'boolean' ? value.isTrue() : null
}

/** A member that says something: present, and not null. */
export function memberPresent(object: JsonValue | undefined, name: string): JsonValue | undefined {
  const value = object?.member(name)
  return value === undefined || value.kind === 'null' ? undefined : value
}

/** The items of a list; of anything else, none. */
export function memberItems(object: JsonValue | undefined, name: string): readonly JsonValue[] {
  return object?.member(name)?.elements() ?? []
}

/** How many they are. */
export function memberCount(object: JsonValue | undefined, name: string): number {
  return object?.member(name)?.elementCount() ?? 0
}

export function memberRaw(object: JsonValue | undefined, name: string): RawJson | null {
  const value = memberPresent(object, name)
  return value === undefined ? null : rawJson(value)
}

export function rawJson(value: JsonValue): RawJson {
  return new RawJson(value.raw.toString())
}
