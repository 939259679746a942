import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../base/clock.ts'
import { newId } from '../base/ids.ts'

/** One request and its answer, from the first header to the last byte. */
export type Exchange = {
  /** Made by us; never taken from the caller or a provider. */
  readonly id: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly acceptedAt: number
  readonly acceptedElapsed: number
  /** True once the caller has hung up. */
  readonly gone: boolean
  /** Calls back once if the caller hangs up before the answer is whole; each stage sets its own. */
  whenGone(react: (() => void) | null): void
}

export function openExchange(clock: Clock, request: IncomingMessage, response: ServerResponse): Exchange {
  let react: (() => void) | null = null
  const exchange = {
    id: newId(clock),
    request,
    response,
    acceptedAt: clock.now(),
    acceptedElapsed: clock.elapsed(),
    gone: false,
    whenGone: (next: (() => void) | null) => {
      react = next
    },
  }
  response.once('close', () => {
    if (response.writableFinished) return
    exchange.gone = true
    react?.()
  })
  // A socket that breaks while we write is the caller hanging up, and "close" follows.
  response.on('error', () => undefined)
  return exchange
}
