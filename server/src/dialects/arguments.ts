import { RawJson, writeJson } from './json-write.ts'

/** The arguments of tools between the two ways they are written: as a text that holds JSON, and as JSON itself. */

/** As an object. What is no object keeps its words: a model that wrote half an object is shown what it wrote. */
export function argumentsObject(text: string): RawJson {
  if (text.trim() === '') return new RawJson('{}')
  return isObject(text) ? new RawJson(text) : new RawJson(writeJson({ arguments: text }))
}

/** As a text that can be parsed: a call without arguments has an empty object. */
export function argumentsText(text: string): string {
  return text.trim() === '' ? '{}' : text
}

/** Whether a text holds one JSON object. */
export function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
