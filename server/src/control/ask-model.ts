import type { Clock } from '../base/clock.ts'
import { isoInstant } from '../base/clock.ts'
import type { Directory } from '../callers/directory.ts'
import type { KeyText } from '../callers/key.ts'

/** One question to a model through the data plane, as any caller's: admitted, limited, metered, priced and booked. */

export type Question = { readonly model: string; readonly message: string; readonly outputTokensMax: number }

export type Told = {
  readonly status: number
  readonly requestId: string | null
  /** The parsed body; null where it is no JSON. */
  readonly body: unknown
  readonly durationMs: number
}

export type AskModel = (organisationId: string, question: Question) => Promise<Told>

export type AskParts = {
  readonly clock: Clock
  readonly directory: Directory
  /** Where the data plane listens. */
  readonly url: () => string
}

const KEY_MS = 24 * 3_600_000
const KEY_NAME = 'test calls'
/** An answer of at most a thousand tokens that takes longer is not worth waiting for. */
const ANSWER_MS_MAX = 120_000

/**
 * Each organisation gets a key of its own for this when it first asks, good for a day and kept in memory only, so that the
 * books say whose test it was.
 */
export function openAskModel({ clock, directory, url }: AskParts): AskModel {
  const keys = new Map<string, { readonly key: KeyText; readonly until: number }>()
  const keyOf = async (organisationId: string): Promise<KeyText> => {
    const known = keys.get(organisationId)
    if (known && known.until > clock.now()) return known.key
    const expiresAt = clock.now() + KEY_MS
    const { key } = await directory.createKey({
      name: `${KEY_NAME} ${isoInstant(clock.now()).slice(0, 10)}`,
      organisationId,
      scopes: ['call'],
      models: null,
      expiresAt,
    })
    // Older than its expiry, so that no question is asked with one that ends meanwhile.
    keys.set(organisationId, { key, until: expiresAt - ANSWER_MS_MAX })
    return key
  }
  return async (organisationId, { model, message, outputTokensMax }) => {
    const key = await keyOf(organisationId)
    const startedAt = clock.elapsed()
    const answer = await fetch(`${url()}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-no-fallback': 'true' },
      body: JSON.stringify({
        model,
        messages: [{ role: 'user', content: message }],
        max_tokens: outputTokensMax,
      }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    })
    const text = await answer.text()
    return {
      status: answer.status,
      requestId: answer.headers.get('x-request-id'),
      body: parseOrNull(text),
      durationMs: Math.round(clock.elapsed() - startedAt),
    }
  }
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The error of an answer that is none, in the words of the data plane. */
export function errorOf({ status, body }: Told): { readonly code: string; readonly message: string } | null {
  if (status < 400) return null
  const { error } = (body ?? {}) as { error?: { code?: unknown; message?: unknown } }
  const { code, message } = error ?? {}
  return {
    code: typeof code === 'string' ? code : 'internal',
    message: typeof message === 'string' ? message : `The data plane answered with status ${status}.`,
  }
}

/** What was said, of an answer in the form of openai-chat. */
export function textOf({ body }: Told): string | null {
  const { choices } = (body ?? {}) as { choices?: { message?: { content?: unknown } }[] }
  const content = choices?.[0]?.message?.content
  return typeof content === 'string' ? content : null
}
