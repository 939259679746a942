import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { CallerDialect } from '../dialects/dialect.ts'
import type { Permit } from '../limits/permit.ts'
import type { OutputHold } from './output-hold.ts'
import type { AnswerCopy, CacheUse } from './cache-use.ts'
import type { ClaimedName, Named } from './once.ts'

const NO_FIELDS: readonly string[] = []

class OpenExchange {
  /** Made by us; never taken from the caller or a provider. */
  readonly id: string
  /** How the caller speaks, and is answered. */
  readonly dialect: CallerDialect
  readonly path: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly acceptedAt: number
  readonly acceptedElapsed: number
  /** Fields that the provider was not told of, once it has answered. */
  ignored = NO_FIELDS
  /** What the limits gave it, once they did. */
  permit: Permit | null = null
  /** The money that is held for its answer, where a hard budget has to be kept. */
  hold: OutputHold | null = null
  /** Set once bytes are out behind which no error can be told: then the connection is cut, so that nobody takes them for the whole. */
  isCut = false
  /** How the cache of answers is used for it; null where it is not. */
  cache: CacheUse | null = null
  /** What was told, where a race compares it with what another model says; null elsewhere. */
  heard: AnswerCopy | null = null
  /** What the caller named it with, if anything; and that name once it is this request's own. */
  named: Named | null = null
  claim: ClaimedName | null = null
  private isLeft = false
  private react: (() => void) | null = null

  constructor(clock: Clock, { dialect, path, request, response }: Opened) {
    this.id = newId(clock)
    this.dialect = dialect
    this.path = path
    this.request = request
    this.response = response
    this.acceptedAt = clock.now()
    this.acceptedElapsed = clock.elapsed()
  }

  /** True once the caller has hung up. */
  get gone(): boolean {
    return this.isLeft
  }

  /** Calls back once if the caller hangs up before the answer is whole; each stage sets its own. */
  whenGone(react: (() => void) | null): void {
    this.react = react
  }

  close(): void {
    if (this.response.writableFinished) return
    this.isLeft = true
    this.react?.()
  }
}

/** One request and its answer, from the first header to the last byte. */
export type Exchange = Omit<OpenExchange, 'close'>

export type Opened = {
  readonly dialect: CallerDialect
  readonly path: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

export function openExchange(clock: Clock, opened: Opened): Exchange {
  const exchange = new OpenExchange(clock, opened)
  opened.response.on('close', () => {
    exchange.close()
  })
  // A socket that breaks while we write is the caller hanging up, and "close" follows.
  opened.response.on('error', nothing)
  return exchange
}

function nothing(): void {}

/** A header of the request, the first where there are several. */
export function header({ request }: Exchange, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Whether anybody wants a copy of what goes out. */
export function isNoted({ cache, claim, heard }: Exchange): boolean {
  return cache !== null || claim !== null || heard !== null
}

/** Keeps what goes out of an answer, for whom it may be given to again. */
export function noteSent({ cache, claim, heard }: Exchange, bytes: Buffer): void {
  cache?.copy.add(bytes)
  claim?.copy.add(bytes)
  heard?.add(bytes)
}
