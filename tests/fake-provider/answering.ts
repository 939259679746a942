import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { bodyWriter, frame, type BodyWriter } from './framing.ts'
import type { Fault, Script } from './script.ts'
import type { Asked, Said, Spelling } from './spelling.ts'

/** What one answer is made of. `onPiece` hears how many pieces of reasoning and content have been sent. */
export type Answering = {
  readonly response: ServerResponse
  /** Aborted when the caller has hung up, or the answer is over. */
  readonly gone: AbortSignal
  readonly spelling: Spelling
  readonly script: Script
  readonly asked: Asked
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
  if (asked.stream) return sendStream(answering)
  return answering.spelling.sound === undefined ? sendWhole(answering) : sendSound(answering)
}

async function sendStream(answering: Answering): Promise<boolean> {
  const { response, gone, spelling, script, asked, onPiece } = answering
  response.writeHead(200, headers(script, 'text/event-stream; charset=utf-8'))
  response.flushHeaders()
  const body = bodyWriter(response, script, gone)
  if (script.bom) await body.write('\uFEFF')
  if (script.fault === 'keepalive_only') return commentUntilGone(gone, body, script)
  const strikesAfter = script.reasoning + script.faultAt
  for (const event of spelling.streamEvents(script, asked)) {
    const { pieces, isEnd } = event
    if (pieces > strikesAfter && isFaultOfStream(script.fault)) return strike({ ...answering, body, event })
    if (isEnd && script.fault === 'no_done') break
    await pause(pieces > 0 && !isEnd ? script.chunkDelayMs : 0, gone)
    if (gone.aborted) return false
    await body.write(framed(script, event))
    onPiece(pieces)
  }
  await body.end()
  return script.fault === 'none'
}

function isFaultOfStream(fault: Fault): boolean {
  return !['none', 'no_done'].includes(fault)
}

/** An event, with its name where its dialect gives it one. */
function framed(script: Script, { name, data }: Said): string {
  return frame(script, `${name === null ? '' : `event: ${name}\n`}data: ${data}`)
}

type Strike = Pick<Answering, 'response' | 'gone' | 'script' | 'spelling'> & { body: BodyWriter; event: Said }

/** The fault itself, in place of the event that would have come. */
async function strike({ response, gone, script, spelling, body, event }: Strike): Promise<boolean> {
  if (script.fault === 'hang_stream') return hang(gone)
  if (script.fault === 'reset_stream') return reset(response)
  if (script.fault === 'close_stream') return closeEarly(response, gone)
  if (script.fault === 'truncated_json') await body.write(`data: ${event.data.slice(0, event.data.length / 2)}`)
  if (script.fault === 'error_in_stream') await body.write(framed(script, spelling.errorEvent()))
  await body.end()
  return false
}

/** Bytes piece by piece; a fault strikes as it does in a stream of events. */
async function sendSound(answering: Answering): Promise<boolean> {
  const { response, gone, spelling, script, onPiece } = answering
  response.writeHead(200, headers(script, spelling.contentType ?? 'audio/mpeg'))
  response.flushHeaders()
  for (const [piece, bytes] of (spelling.sound?.(script) ?? []).entries()) {
    if (piece === script.faultAt && script.fault !== 'none') {
      if (script.fault === 'reset_stream') return reset(response)
      return script.fault === 'close_stream' ? closeEarly(response, gone) : hang(gone)
    }
    await pause(script.chunkDelayMs, gone)
    if (gone.aborted) return false
    if (!response.write(bytes)) await once(response, 'drain', { signal: gone }).catch(() => undefined)
    onPiece(piece + 1)
  }
  response.end()
  return true
}

async function sendWhole(answering: Answering): Promise<boolean> {
  const { response, gone, spelling, script, asked } = answering
  const text = spelling.wholeAnswer(script, asked)
  response.writeHead(200, headers(script, spelling.contentType ?? 'application/json'))
  const body = bodyWriter(response, script, gone)
  if (script.fault === 'error_in_stream') {
    await body.write(spelling.errorBody(500))
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

function refuse({ response, spelling, script }: Answering): Promise<boolean> {
  response.writeHead(script.status, {
    'content-type': 'application/json',
    ...(script.retryAfter === '' ? {} : { 'retry-after': script.retryAfter }),
    ...(script.location === '' ? {} : { location: script.location }),
  })
  response.end(spelling.errorBody(script.status))
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
