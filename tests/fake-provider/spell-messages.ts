import { contentPieces, distorted, halves, thoughtPieces, toolCalls, wholeTokens } from './answer.ts'
import { faultOf, type FaultKind } from './errors.ts'
import type { Script } from './script.ts'
import { EventList, type Asked, type Spelling, type StreamEvent } from './spelling.ts'

/** POST /messages. */
export const messagesSpelling: Spelling = {
  idPrefix: 'msg_',
  streamEvents,
  wholeAnswer: (script, asked) =>
    JSON.stringify({
      ...messageHead(asked),
      content: blocks(script, asked).map(({ whole }) => whole),
      ...stop(script, asked),
      usage: reportedUsage(script),
    }),
  errorBody,
  errorEvent: () => ({ name: 'error', data: errorBody(500) }),
}

const SIGNATURE = 'c2lnbmF0dXJl'

/** A block as it begins, grows and looks as a whole. Only text and thoughts are pieces that the bill counts. */
type Block = { readonly start: object; readonly deltas: readonly Delta[]; readonly whole: object }
type Delta = { readonly body: object; readonly isPiece: boolean }

function streamEvents(script: Script, asked: Asked): StreamEvent[] {
  const list = new EventList()
  const usage = reportedUsage(script)
  const head = { content: [], stop_reason: null, stop_sequence: null, usage: usage && { ...usage, ...NOTHING_YET } }
  list.add('message_start', { type: 'message_start', message: { ...messageHead(asked), ...head } })
  for (const [index, { start, deltas }] of blocks(script, asked).entries()) {
    list.add('content_block_start', { type: 'content_block_start', index, content_block: start })
    if (index === 0) list.add('ping', { type: 'ping' })
    for (const { body, isPiece } of deltas) {
      const event = { type: 'content_block_delta', index, delta: body }
      if (isPiece) list.addPiece('content_block_delta', event)
      else list.add('content_block_delta', event)
    }
    list.add('content_block_stop', { type: 'content_block_stop', index })
  }
  list.add('message_delta', { type: 'message_delta', delta: stop(script, asked), usage })
  return list.end('message_stop', { type: 'message_stop' })
}

/** The first event counts the prompt, and of the answer one token; how much of it was thought comes with the last. */
const NOTHING_YET = { output_tokens: 1, output_tokens_details: undefined }

function messageHead({ id, model }: Asked): object {
  return { id, type: 'message', role: 'assistant', model }
}

function blocks(script: Script, asked: Asked): Block[] {
  return [
    ...(script.reasoning > 0 ? [thinking(thoughtPieces(script))] : []),
    ...(script.chunks > 0 ? [content(contentPieces(script), asked)] : []),
    ...toolCalls(script).map(({ id, name, arguments: given }) => call({ id, name, pieces: halves(given) }, false)),
  ]
}

function thinking(pieces: readonly string[]): Block {
  const deltas = pieces.map((text) => ({ body: { type: 'thinking_delta', thinking: text }, isPiece: true }))
  const signed = { body: { type: 'signature_delta', signature: SIGNATURE }, isPiece: false }
  return {
    start: { type: 'thinking', thinking: '', signature: '' },
    deltas: [...deltas, signed],
    whole: { type: 'thinking', thinking: pieces.join(''), signature: SIGNATURE },
  }
}

/** Who is told to call a tool says what it has to say in the arguments. */
function content(pieces: readonly string[], { forcedTool }: Asked): Block {
  if (forcedTool !== null) return call({ id: 'toolu_forced', name: forcedTool, pieces }, true)
  return {
    start: { type: 'text', text: '' },
    deltas: pieces.map((text) => ({ body: { type: 'text_delta', text }, isPiece: true })),
    whole: { type: 'text', text: pieces.join('') },
  }
}

function call(of: { id: string; name: string; pieces: readonly string[] }, isPiece: boolean): Block {
  const { id, name, pieces } = of
  const start = { type: 'tool_use', id, name, input: {} }
  const deltas = pieces.map((text) => ({ body: { type: 'input_json_delta', partial_json: text }, isPiece }))
  return { start, deltas, whole: { ...start, input: JSON.parse(pieces.join('')) as unknown } }
}

function stop(script: Script, { forcedTool }: Asked): object {
  const isCall = script.stop === 'end' && (script.tools > 0 || forcedTool !== null)
  return { stop_reason: isCall ? 'tool_use' : STOPS[script.stop], stop_sequence: null }
}

const STOPS = { end: 'end_turn', length: 'max_tokens', filtered: 'refusal' } as const

/** Cached and cache-writing tokens stand beside the input here, and thoughts inside of the output. */
function reportedUsage(script: Script): object | undefined {
  const { input, cached, cacheWrite, output, reasoning } = wholeTokens(script)
  return distorted(script, {
    input_tokens: input,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cached,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: output + reasoning,
    ...(reasoning > 0 ? { output_tokens_details: { thinking_tokens: reasoning } } : {}),
  })
}

const TYPES: Readonly<Record<FaultKind, string>> = {
  invalid: 'invalid_request_error',
  auth: 'authentication_error',
  money: 'billing_error',
  not_found: 'not_found_error',
  rate: 'rate_limit_error',
  overloaded: 'overloaded_error',
  server: 'api_error',
}

function errorBody(status: number, words?: string): string {
  const { kind, message } = faultOf(status, words)
  return JSON.stringify({ type: 'error', error: { type: TYPES[kind], message }, request_id: 'req_fake' })
}
