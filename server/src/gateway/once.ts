import { createHash } from 'node:crypto'
import { PaddockError } from '../base/errors.ts'
import type { Claim, Claimed, Reply } from '../books/once/once.ts'
import type { Entry } from '../books/entry.ts'
import type { Caller } from '../callers/caller.ts'
import { AnswerCopy } from './cache-use.ts'
import { header, type Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { Relayed } from './relayed.ts'
import { heldFor, lastBytes, wholeHeaders } from './release.ts'
import { baseHeaders, headerList, headersByName, streamHeaders } from './reply.ts'

/**
 * A request that its caller has named with `Idempotency-Key` is answered once: sent again, it gets the same answer, and no
 * provider is called. The name is claimed on disk before the provider is called, the answer is kept before its last byte goes
 * out. Who names a request wants its answer even where the connection breaks, so that is heard to its end.
 */

/** What a caller named its request with, and what the request is. */
export type Named = { readonly name: string; readonly fingerprint: string }

/** The name as this request's own, and the answer as far as it has been told. */
export type ClaimedName = Claim & { readonly copy: AnswerCopy }

/** One to 255 visible characters of ASCII, spaces between them included. */
const NAME = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/

/** Notes what the request is named with: its body, in pieces, is part of what it is. Throws `idempotency_key_invalid`. */
export function nameRequest(exchange: Exchange, body: Iterable<Uint8Array | string>): void {
  const name = header(exchange, 'idempotency-key')
  if (name === undefined) return
  if (!NAME.test(name)) {
    throw new PaddockError('idempotency_key_invalid', {
      message: `Idempotency-Key must have 1 to 255 characters of ASCII; this one has ${name.length}${name.length > 0 && name.length < 256 ? ', not all of them such' : ''}. A random UUID is a good one.`,
      param: 'Idempotency-Key',
    })
  }
  const hash = createHash('sha256').update(`${exchange.path}\n`)
  for (const piece of body) hash.update(piece)
  exchange.named = { name, fingerprint: hash.digest('base64') }
}

/** `reply`: what was answered before, to be given again. The name is let go of when the request is over. */
export type NameClaim = { readonly reply: Reply | null; [Symbol.dispose](): void }

const UNNAMED: NameClaim = { reply: null, [Symbol.dispose]: () => undefined }

/**
 * Whether this was asked before, under the same name and with the same key. Throws `idempotency_mismatch`,
 * `idempotency_in_progress`, or `idempotency_unknown` where it was sent to a provider and there is no answer to give again:
 * it is not sent a second time, because who named it does not want to pay for it twice.
 */
export function claimName(gateway: Gateway, exchange: Exchange, caller: Caller): NameClaim | Promise<NameClaim> {
  const { named } = exchange
  return named === null || !gateway.once.isOn() ? UNNAMED : claimAs(named, gateway, { exchange, caller })
}

type Claiming = { readonly exchange: Exchange; readonly caller: Caller }

async function claimAs(named: Named, gateway: Gateway, { exchange, caller }: Claiming): Promise<NameClaim> {
  const { id: requestId } = exchange
  const claim: Claim = {
    key: createHash('sha256').update(`${caller.keyId}\n${named.name}`).digest('base64'),
    fingerprint: named.fingerprint,
    requestId,
    organisationId: caller.organisationId,
  }
  const claimed = await gateway.once.claim(claim)
  if (claimed.kind === 'answered') return { ...UNNAMED, reply: claimed.reply }
  if (claimed.kind !== 'taken') throw refusal(claimed)
  exchange.claim = { ...claim, copy: new AnswerCopy(gateway.once.replyBytesMax()) }
  return {
    reply: null,
    [Symbol.dispose]: () => {
      gateway.once.end(claim)
    },
  }
}

const IN_PROGRESS_SECONDS = 1

function refusal(claimed: Exclude<Claimed, { kind: 'taken' | 'answered' }>): PaddockError {
  const param = 'Idempotency-Key'
  switch (claimed.kind) {
    case 'other':
      return new PaddockError('idempotency_mismatch', {
        message:
          'This Idempotency-Key was sent before with another body or to another path. Send the same request again, or take a new Idempotency-Key for a new one.',
        param,
      })
    case 'running':
      return new PaddockError('idempotency_in_progress', {
        message: 'The request of this Idempotency-Key is still being answered. Send it again in a moment.',
        param,
        retryAfterSeconds: IN_PROGRESS_SECONDS,
      })
    case 'lost':
      return new PaddockError('idempotency_unknown', {
        message: `The request of this Idempotency-Key was sent to a provider, and its answer was not kept: the server or the caller went away meanwhile, or it was too large. What it used is in the entry ${claimed.requestId} (GET /v1/generation?id=${claimed.requestId}). It is not sent a second time; to ask again, take a new Idempotency-Key.`,
        param,
        // SDKs send what is answered with 409 again, and this would not change.
        headers: { 'x-should-retry': 'false' },
      })
  }
}

/** Answers as before: the same head, the same bytes, and the id under which the entry is found. */
export function replyAgain(gateway: Gateway, exchange: Exchange, { requestId, headers, body }: Reply): void {
  gateway.log.info('request.answered_again', { request_id: requestId })
  if (exchange.gone) return
  exchange.response.writeHead(200, { ...baseHeaders(exchange), ...headers, 'idempotent-replayed': 'true' })
  exchange.response.end(body)
}

type Told = { readonly relayed: Relayed; readonly entry: Entry }

/**
 * Keeps a whole answer for who sends the request again, between its entry and its last byte. One that is too large, or that
 * the database does not take, goes out all the same, and who asks again is told that it was not kept.
 */
export function keepReply(gateway: Gateway, exchange: Exchange, told: Told): Relayed | Promise<Relayed> {
  const { claim } = exchange
  return claim === null || told.relayed.failure ? told.relayed : keepClaimed(claim, gateway, { exchange, ...told })
}

type Claimant = Told & { readonly exchange: Exchange }

async function keepClaimed(
  claim: ClaimedName,
  gateway: Gateway,
  { exchange, relayed, entry }: Claimant,
): Promise<Relayed> {
  const end = heldFor(relayed, entry)
  const told = { ...relayed, held: () => end }
  claim.copy.add(lastBytes(exchange, told, entry))
  const body = claim.copy.whole()
  if (body === null) return told
  try {
    await gateway.once.keep(claim, {
      requestId: exchange.id,
      headers: headersOf(exchange, told, { entry, body }),
      body,
    })
  } catch (thrown) {
    gateway.log.error('reply.not_kept', { request_id: exchange.id }, thrown)
  }
  return told
}

function headersOf(
  exchange: Exchange,
  relayed: Relayed,
  { entry, body }: { readonly entry: Entry; readonly body: Buffer },
): Record<string, string> {
  // How its limits stood then is of no use later.
  const list = headerList({ ...exchange, permit: null })
  list.push(...(entry.stream ? streamHeaders(entry) : wholeHeaders(relayed, entry, body)))
  return headersByName(list)
}
