import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { streamEvents, wholeAnswer, type Asked } from './answer.ts'
import { bodyWriter, frame, type BodyWriter } from './framing.ts'
import type { Fault, Script } from './script.ts'

/** What one answer is made of. `onPiece` hears how many pieces of reasoning and content have been sent. */
export type Answering = {
  readonly response: ServerResponse
  /** Aborted when the caller has hung up, or the answer is over. */
  readonly gone: AbortSignal
  readonly script: Script
  readonly asked: Asked & { readonly id: string }
  readonly onPiece: (pieces: number) => void
}

const KEEP_ALIVE_EVERY_MS = 10

/** Answers as the script says. Resolves when nothing more will be sent: true for a whole, healthy answer. */
export async function sendAnswer(answering: Answering): Promise<boolean> {
  const { response, gone, script, asked } = answering
  await pause(script.firstDelayMs, gone)
  if (script.fault === 'hang_headers') return hang(gone)
  if (script.fault === 'reset_headers') return reset(response)
  if (script.status !== 200) return refuse(answering)
  if (script.fault === 'html') return sendHtml(response)
  return asked.stream ? sendStream(answering) : sendWhole(answering)
}

async function sendStream({ response, gone, script, asked, onPiece }: Answering): Promise<boolean> {
  response.writeHead(200, headers(script, 'text/event-stream; charset=utf-8'))
  response.flushHeaders()
  const body = bodyWriter(response, script, gone)
  if (script.bom) await body.write('\uFEFF')
  if (script.fault === 'keepalive_only') return commentUntilGone(gone, body, script)
  const strikesAfter = script.reasoning + script.faultAt
  for (const { data, pieces } of streamEvents(script, asked)) {
    if (pieces > strikesAfter && isFaultOfStream(script.fault)) return strike({ response, gone, script, body, data })
    await pause(pieces > 0 ? script.chunkDelayMs : 0, gone)
    if (gone.aborted) return false
    await body.write(frame(script, `data: ${data}`))
    onPiece(pieces)
  }
  if (script.fault !== 'no_done') await body.write(frame(script, 'data: [DONE]'))
  await body.end()
  return script.fault === 'none'
}

function isFaultOfStream(fault: Fault): boolean {
  return !['none', 'no_done'].includes(fault)
}

type Strike = Pick<Answering, 'response' | 'gone' | 'script'> & { body: BodyWriter; data: string }

/** The fault itself, in place of the event that would have come. */
async function strike({ response, gone, script, body, data }: Strike): Promise<boolean> {
  if (script.fault === 'hang_stream') return hang(gone)
  if (script.fault === 'reset_stream') return reset(response)
  if (script.fault === 'close_stream') return closeEarly(response, gone)
  if (script.fault === 'truncated_json') await body.write(`data: ${data.slice(0, data.length / 2)}`)
  if (script.fault === 'error_in_stream') await body.write(frame(script, `data: ${errorBody(500)}`))
  await body.end()
  return false
}

async function sendWhole(answering: Answering): Promise<boolean> {
  const { response, gone, script, asked } = answering
  const text = wholeAnswer(script, asked)
  response.writeHead(200, headers(script, 'application/json'))
  const body = bodyWriter(response, script, gone)
  if (script.fault === 'error_in_stream') {
    await body.write(errorBody(500))
    await body.end()
    return false
  }
  const isBroken = !['none', 'no_done'].includes(script.fault)
  await body.write(isBroken ? text.slice(0, text.length / 2) : text)
  if (script.fault === 'hang_stream' || script.fault === 'keepalive_only') return hang(gone)
  if (script.fault === 'reset_stream') return reset(response)
  if (script.fault === 'close_stream') return closeEarly(response, gone)
  await body.end()
  if (!isBroken) answering.onPiece(script.reasoning + script.chunks)
  return !isBroken
}

function refuse({ response, script }: Answering): Promise<boolean> {
  response.writeHead(script.status, {
    'content-type': 'application/json',
    ...(script.retryAfter === '' ? {} : { 'retry-after': script.retryAfter }),
    ...(script.location === '' ? {} : { location: script.location }),
  })
  response.end(errorBody(script.status))
  return Promise.resolve(false)
}

function sendHtml(response: ServerResponse): Promise<boolean> {
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end('<!doctype html><title>Welcome</title><h1>It works!</h1>')
  return Promise.resolve(false)
}

async function commentUntilGone(gone: AbortSignal, body: BodyWriter, script: Script): Promise<boolean> {
  while (!gone.aborted) {
    await body.write(frame(script, ': keep-alive'))
    await pause(KEEP_ALIVE_EVERY_MS, gone)
  }
  return false
}

async function hang(gone: AbortSignal): Promise<boolean> {
  if (!gone.aborted) await once(gone, 'abort')
  return false
}

function reset(response: ServerResponse): Promise<boolean> {
  response.socket?.resetAndDestroy()
  return Promise.resolve(false)
}

/** Ends the connection politely in the middle of the body: what was written before still arrives. */
function closeEarly(response: ServerResponse, gone: AbortSignal): Promise<boolean> {
  response.socket?.end()
  return hang(gone)
}

/** Waits, but not longer than the caller. */
async function pause(delayMs: number, gone: AbortSignal): Promise<void> {
  if (delayMs > 0) await setTimeout(delayMs, undefined, { signal: gone }).catch(() => undefined)
}

function headers(script: Script, contentType: string): Record<string, string> {
  return {
    'content-type': contentType,
    ...(script.encoding === 'identity' ? {} : { 'content-encoding': script.encoding }),
  }
}

const ERRORS: Readonly<Record<number, readonly [type: string, code: string, message: string]>> = {
  400: ['invalid_request_error', 'invalid_value', 'The request is not valid.'],
  401: ['invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.'],
  402: ['insufficient_balance', 'insufficient_balance', 'Insufficient Balance'],
  404: ['invalid_request_error', 'model_not_found', 'The model does not exist.'],
  429: ['requests', 'rate_limit_exceeded', 'Rate limit reached for requests.'],
  503: ['server_error', 'overloaded', 'The engine is currently overloaded.'],
}

/** An error as the OpenAI API words it. */
export function errorBody(status: number, message?: string): string {
  const [type, code, usual] = ERRORS[status] ?? ['server_error', 'internal_error', 'The server had an error.']
  return JSON.stringify({ error: { message: message ?? usual, type, param: null, code } })
}
