import { withoutSecrets } from '../base/errors.ts'
import type { JsonValue } from './json-text.ts'

/** Errors of providers, in every form they were seen in: dialects differ less in this than providers do. */

/** What a provider says went wrong. */
export type ProviderError = {
  readonly message: string
  readonly type: string | null
  readonly code: string | null
  /** A name more telling than type and code that stands in a list of details. */
  readonly reason: string | null
  readonly param: string | null
}

const MESSAGE_LENGTH_MAX = 500
const PAGE_LENGTH_MAX = 200
/** How much of a page is searched for words. */
const PAGE_BYTES_MAX = 16_384

/** Whether a JSON object of a provider is an error, whatever its status says. Answers and chunks have choices, errors do not. */
export function holdsError(root: JsonValue): boolean {
  const error = root.member('error')
  if (error?.kind === 'object' || (error?.kind === 'string' && error.text() !== '')) return true
  const status = root.member('base_resp')?.member('status_code')
  if (status?.kind === 'number' && status.number() !== 0) return true
  return root.member('choices') === undefined && root.member('message')?.kind === 'string'
}

/**
 * Reads an error answer: the OpenAI form, the same in a list, `{error: "text"}`, flat `{code, message}`, `{base_resp}`,
 * `{ResponseMetadata: {Error}}`, `{detail}`, and pages of HTML or text, of which the first words are kept.
 */
export function readError(status: number, bytes: Buffer): ProviderError {
  const parsed = parse(bytes)
  const body = asRecord(Array.isArray(parsed) ? parsed[0] : parsed)
  return (body && (nestedError(body) ?? flatError(body))) ?? pageError(status, bytes)
}

type Fields = Readonly<Record<string, unknown>>

function nestedError(body: Fields): ProviderError | null {
  const metadata = asRecord(body['ResponseMetadata'])
  const nested = asRecord(body['error']) ?? asRecord(metadata?.['Error'])
  if (nested) return errorFrom(nested)
  return typeof body['error'] === 'string' ? errorFrom({ ...body, message: body['error'] }) : null
}

function flatError(body: Fields): ProviderError | null {
  const base = asRecord(body['base_resp'])
  return errorFrom(base ? { code: base['status_code'], message: base['status_msg'] } : body)
}

/** Null when there is no message in it, or nothing in the message. */
function errorFrom(fields: Fields): ProviderError | null {
  const message = printable(firstText(fields, ['message', 'Message', 'msg', 'detail']) ?? '', MESSAGE_LENGTH_MAX)
  if (message === '') return null
  return {
    message,
    type: firstText(fields, ['type', 'status']),
    code: firstText(fields, ['code', 'Code']) ?? firstText(asRecord(fields['details']) ?? {}, ['error_code']),
    reason: reasonAmong(fields['details']),
    param: firstText(fields, ['param']),
  }
}

function reasonAmong(details: unknown): string | null {
  const reasons = Array.isArray(details) ? details.map((detail) => asRecord(detail)?.['reason']) : []
  return reasons.find((reason) => typeof reason === 'string') ?? null
}

function firstText(fields: Fields, names: readonly string[]): string | null {
  const value = names.map((name) => fields[name]).find((each) => each !== undefined && each !== null && each !== '')
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : null
}

function pageError(status: number, bytes: Buffer): ProviderError {
  const words = printable(bytes.toString('utf8', 0, PAGE_BYTES_MAX).replace(/<[^<>]*>/g, ' '), PAGE_LENGTH_MAX)
  const message = words === '' ? `status ${status}, without a word` : words
  return { message, type: null, code: null, reason: null, param: null }
}

/** How much longer a text may be than what is kept of it and still be looked at whole: cleaning takes time. */
const CLEANED_TIMES = 8

/** One line without secrets, control and bidirectional characters, cut to a length. */
function printable(text: string, lengthMax: number): string {
  const line = text.slice(0, lengthMax * CLEANED_TIMES).replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ')
  const clean = withoutSecrets(line.trim())
  return clean.length > lengthMax ? `${clean.slice(0, lengthMax - 1)}…` : clean
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return null
  }
}

function asRecord(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
}
