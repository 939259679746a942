import { setTimeout as sleep } from 'node:timers/promises'
import type { Amount, EntryRecord } from '@paddock/contract/entry'
import type { Usage } from '@paddock/contract/usage'
import { excerpt, PaddockError } from '../../base/errors.ts'

/**
 * Asks through a running Paddock, over its public interface and with a key: so every call of a race takes the one path of
 * every request, and has its entry in the books.
 */

/** What an answer holds for a grader. */
export type Reply = { readonly text: string; readonly calls: readonly { name: string; arguments: string }[] }

export type Answered = {
  /** `ok`, or why there is no answer: an error's code. */
  readonly state: string
  readonly reply: Reply
  /** The id of the entry; null when nothing was sent to a provider. */
  readonly entry: string | null
  readonly cost: Amount
  readonly usage: Usage | null
  readonly durationMs: number
  /** The model the provider says it used. */
  readonly answeredModel: string | null
}

export type Ask = (model: string, request: Readonly<Record<string, unknown>>) => Promise<Answered>

export type Gate = { readonly url: string; readonly key: string }

/** Waits for room when told to, so often. */
const TRIES_MAX = 20
const WAIT_SECONDS_DEFAULT = 1

/** Throws argument_invalid when the key or the model is refused: no further call could fare better. */
export function askOver({ url, key }: Gate): Ask {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'x-title': 'paddock race',
    // A trial is the model's own answer, never one that was given before.
    'cache-control': 'no-store',
  }
  return async (model, request) => {
    const body = JSON.stringify({ model, ...request })
    const response = await sendWhenAdmitted(() =>
      reach(url, () => fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })),
    )
    const id = response.headers.get('x-request-id')
    // What is no JSON is no answer either: something else than Paddock may listen there.
    const read = (await response.json().catch(() => ({}))) as CompletionBody
    if ([401, 403, 404].includes(response.status)) throw refused(model, read)
    const entry = id === null ? null : await findEntry(id, { url, headers })
    return {
      state: response.ok ? 'ok' : (read.error?.code ?? `http_${response.status}`),
      reply: replyOf(read),
      entry: entry?.id ?? null,
      cost: entry?.cost ?? { amount: null, currency: null },
      usage: entry?.usage ?? null,
      durationMs: entry?.duration_ms ?? 0,
      answeredModel: entry?.answered_model ?? null,
    }
  }
}

type CompletionBody = {
  readonly choices?: readonly {
    readonly message?: {
      readonly content?: string | null
      readonly tool_calls?: readonly { readonly function?: { name?: string; arguments?: string } }[]
    }
  }[]
  readonly error?: { readonly code?: string; readonly message?: string }
}

async function reach(url: string, send: () => Promise<Response>): Promise<Response> {
  try {
    return await send()
  } catch (cause) {
    throw new PaddockError('argument_invalid', {
      message: `No Paddock answers at ${excerpt(url)} (any more). The same command goes on where the race stopped.`,
      cause,
    })
  }
}

/** 429 and 503 with retry-after were refused before any provider was called: they cost nothing and are sent again. */
async function sendWhenAdmitted(send: () => Promise<Response>): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await send()
    const after = response.headers.get('retry-after')
    if (after === null || ![429, 503].includes(response.status) || tries === TRIES_MAX) return response
    await response.arrayBuffer()
    await sleep(1000 * (Number(after) || WAIT_SECONDS_DEFAULT))
  }
}

/** The entry of a request that is over; null when it was refused before it became one. */
async function findEntry(
  id: string,
  { url, headers }: { url: string; headers: Record<string, string> },
): Promise<EntryRecord | null> {
  const response = await reach(url, () => fetch(`${url}/v1/generation?id=${id}`, { headers }))
  const body = (await response.json().catch(() => ({}))) as { data?: EntryRecord }
  return response.ok ? (body.data ?? null) : null
}

function replyOf({ choices }: CompletionBody): Reply {
  const message = choices?.[0]?.message
  return {
    text: message?.content ?? '',
    calls: (message?.tool_calls ?? []).map(({ function: call }) => ({
      name: call?.name ?? '',
      arguments: call?.arguments ?? '',
    })),
  }
}

function refused(model: string, { error }: CompletionBody): PaddockError {
  return new PaddockError('argument_invalid', {
    message: `"${excerpt(model)}" cannot be raced: ${error?.message ?? 'the request was refused.'}`,
  })
}
