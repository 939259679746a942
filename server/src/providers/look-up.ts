import { PaddockError } from '../base/errors.ts'
import { PROVIDER_DIALECTS } from '../dialects/all.ts'
import type { Provider } from './provider.ts'

/** What providers tell about themselves and their customer, beside answering: their own list of models, and what is left of the money. */

/** A provider's facts with the address and the key it is called with. */
export type LookUp = { readonly facts: Provider; readonly apiKey: string | null }

const WAIT_MS_MAX = 15_000
const MEBIBYTES_MAX = 8

/** The models the provider lists, by its own names. Throws `provider_…` where it does not answer or has no list. */
export async function listModels({ facts, apiKey }: LookUp): Promise<string[]> {
  const whole = { gemini: '?pageSize=1000', 'anthropic-messages': '?limit=1000' } as Partial<Record<string, string>>
  const answer = await ask({ facts, apiKey }, `${facts.baseUrl}/models${whole[facts.dialect] ?? ''}`)
  const { data, models } = answer as { data?: unknown; models?: unknown }
  const listed = Array.isArray(data) ? data : Array.isArray(models) ? models : Array.isArray(answer) ? answer : null
  if (listed === null) throw unreadable(facts, 'no list of models is in its answer')
  const names = listed.flatMap((each: { id?: unknown; name?: unknown } | null) => {
    const name = each?.id ?? each?.name
    return typeof name === 'string' ? [name.replace(/^models\//, '')] : []
  })
  return [...new Set(names)].toSorted()
}

export type Balance = { readonly amount: string; readonly currency: string }

/** What is left, as the provider tells it; null where it is not known to. Throws `provider_…` where it does not answer. */
export async function readBalance({ facts, apiKey }: LookUp): Promise<Balance[] | null> {
  const { balance } = facts
  if (balance === undefined) return null
  const answer = (await ask({ facts, apiKey }, new URL(balance.path, facts.baseUrl).href)) as Record<string, unknown>
  const found = answer[balance.in]
  const rows = (Array.isArray(found) ? found : [found]) as (Record<string, unknown> | null | undefined)[]
  return rows.map((row) => {
    const amount = decimalText(row?.[balance.amount])
    if (amount === null) throw unreadable(facts, 'no balance is in its answer')
    const currency = balance.currency === undefined ? facts.currency : row?.[balance.currency]
    return { amount, currency: typeof currency === 'string' ? currency : facts.currency }
  })
}

/** Shown and never reckoned with: a number is written as the shortest decimal that reads as it does. */
function decimalText(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^-?\d+(\.\d+)?$/.test(text) ? text : null
}

/** Redirects are not followed, so that the key reaches no other place. */
async function ask({ facts, apiKey }: LookUp, url: string): Promise<unknown> {
  const headers = PROVIDER_DIALECTS[facts.dialect].headers(apiKey, { usage: facts.usage, ...facts.spelling }, null)
  let answer: Response
  let text: string | null
  try {
    answer = await fetch(url, {
      headers: { ...headers, accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(WAIT_MS_MAX),
    })
    text = await readText(answer)
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === 'TimeoutError'
    throw new PaddockError(isLate ? 'provider_timeout' : 'provider_unreachable', {
      message: isLate
        ? `${facts.id} did not answer within ${WAIT_MS_MAX / 1000} s at ${new URL(url).origin}.`
        : `${facts.id} cannot be reached at ${new URL(url).origin}.`,
      cause,
    })
  }
  if (!answer.ok) throw refused(facts, answer.status, url)
  if (text === null) throw unreadable(facts, `its answer is longer than ${MEBIBYTES_MAX} MiB`)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw unreadable(facts, 'its answer is no JSON', cause)
  }
}

/** Null where it is too long, and then the rest of it is not read: leaving the loop cancels the answer. */
async function readText(answer: Response): Promise<string | null> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of answer.body ?? []) {
    bytes += piece.length
    if (bytes > MEBIBYTES_MAX * 1024 * 1024) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function refused({ id }: Provider, status: number, url: string): PaddockError {
  const said = `${id} answered ${status} at ${new URL(url).pathname}.`
  if (status === 401 || status === 403) return new PaddockError('provider_auth', { message: said })
  if (status === 402) return new PaddockError('provider_out_of_money', { message: said })
  if (status === 429) return new PaddockError('provider_rate_limited', { message: said })
  if (status === 404 || status === 405) {
    return new PaddockError('provider_refused', { message: `${said} It seems to have nothing there.` })
  }
  return new PaddockError('provider_error', { message: said })
}

function unreadable({ id }: Provider, what: string, cause?: unknown): PaddockError {
  return new PaddockError('provider_bad_answer', { message: `${id}: ${what}.`, cause })
}
