import { matchesSchema } from '@paddock/contract/json-schema'
import { excerpt, PaddockError } from '../../base/errors.ts'
import type { Reply } from './ask.ts'
import type { Item } from './item.ts'

/** Graders look at an answer and say 1 (right) or 0. They are part of what a race freezes: another version is another race. */
export const GRADERS = { exact, regex, numeric, 'json-schema': jsonSchema, 'tool-call': toolCall } as const

export type GraderName = keyof typeof GRADERS

/** Raised whenever a grader judges otherwise than before. */
export const GRADERS_VERSION = 1

/** What each grader must be able to read as the right answer. */
const READABLE: Record<GraderName, { readonly wants: string; readonly reads: (right: unknown) => unknown }> = {
  exact: { wants: 'a text', reads: (right) => asText(right) },
  regex: { wants: 'a pattern', reads: (right) => new RegExp(asText(right), 'u') },
  numeric: { wants: 'a number', reads: (right) => numbersIn(asText(right))[0]?.toString() },
  'json-schema': { wants: 'a JSON Schema', reads: (right) => matchesSchema(right as Schema, null).toString() },
  'tool-call': { wants: '{"name", "arguments"}', reads: (right) => (right as { name?: string }).name },
}

type Schema = Readonly<Record<string, unknown>>

/** Throws argument_invalid naming the first item whose right answer the grader cannot read: before a call is paid for. */
export function checkAnswers(grader: GraderName, items: readonly Pick<Item, 'id' | 'answer'>[]): void {
  const { wants, reads } = READABLE[grader]
  for (const { id, answer } of items) {
    const message = `The answer of item "${excerpt(id)}" is not what the grader ${grader} compares with: ${wants}.`
    let read: unknown
    try {
      read = reads(answer)
    } catch (cause) {
      throw new PaddockError('argument_invalid', { message, cause })
    }
    if (!read) throw new PaddockError('argument_invalid', { message })
  }
}

/** The same text, white space at the ends aside. */
function exact({ text }: Reply, right: unknown): 0 | 1 {
  return plain(text) === plain(asText(right)) ? 1 : 0
}

/** The pattern is found in the answer. */
function regex({ text }: Reply, right: unknown): 0 | 1 {
  return new RegExp(asText(right), 'u').test(text) ? 1 : 0
}

/**
 * The same number. The answer's number is the first one in its field "answer" when it holds a JSON object with that field,
 * and else the last one in the text; currency signs and thousands separators are dropped.
 */
function numeric({ text }: Reply, right: unknown): 0 | 1 {
  const wanted = numbersIn(asText(right))[0]
  const stated = answerField(text)
  const got = stated === null ? numbersIn(text).at(-1) : numbersIn(stated)[0]
  return wanted !== undefined && got !== undefined && wanted === got ? 1 : 0
}

/** The answer is JSON, perhaps in a fence, that the schema allows. */
function jsonSchema({ text }: Reply, right: unknown): 0 | 1 {
  const value = parseJson(unfenced(text))
  return value !== undefined && matchesSchema(right as Schema, value) ? 1 : 0
}

/** One tool was called, by this name and with exactly these arguments: `{"name", "arguments"}`. */
function toolCall({ calls }: Reply, right: unknown): 0 | 1 {
  const { name, arguments: wanted } = right as { name?: unknown; arguments?: unknown }
  const [call] = calls
  if (calls.length !== 1 || call?.name !== name) return 0
  return wanted === undefined || sorted(parseJson(call?.arguments ?? '')) === sorted(wanted) ? 1 : 0
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function plain(text: string): string {
  return text.normalize('NFC').trim()
}

function numbersIn(text: string): number[] {
  return [...text.replaceAll(/[$,€¥£]/g, '').matchAll(/-?\d+(?:\.\d+)?/g)].map(([number]) => Number(number))
}

/** The field "answer" of the JSON in a text; read leniently, because models forget quotes and commas. */
function answerField(text: string): string | null {
  const value = parseJson(unfenced(text))
  if (typeof value === 'object' && value !== null && 'answer' in value) return asText(value.answer)
  const found = [...text.matchAll(/"answer"\s*:\s*([^\n}]*)/g)].at(-1)
  return found?.[1] ?? null
}

function unfenced(text: string): string {
  return /```(?:json)?\s*(\{.*\}|\[.*\])\s*```/s.exec(text)?.[1] ?? text.trim()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** JSON with its fields in one order: equal values give equal texts. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )
}
