import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What callers send and what the provider answers, in each dialect, as the bytes that the two C programs pass around. */

export type Spelling = 'chat' | 'responses' | 'messages'

export const PATHS: Readonly<Record<Spelling, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
}

const WORDS_OF_ANSWER = 150
const EVENTS = 100
/** Replaced by the provider with the instant of sending, see native/wire.h. */
const SENT = 'sent=0000000000000000 '
const INPUT = 230

/** Writes the answers of a provider; returns its arguments: path, whole answer, stream, for each dialect. */
export function writeAnswers(folder: string): string[] {
  return (Object.keys(PATHS) as Spelling[]).flatMap((spelling) => {
    const [whole, stream] = [join(folder, `${spelling}.json`), join(folder, `${spelling}.sse`)]
    writeFileSync(whole, JSON.stringify(WHOLE[spelling]('word '.repeat(WORDS_OF_ANSWER))))
    writeFileSync(stream, STREAM[spelling]().join(''))
    return [PATHS[spelling], whole, stream]
  })
}

export type Asked = {
  readonly spelling: Spelling
  readonly model: string
  readonly bytes: number
  readonly stream: boolean
  readonly headers: Readonly<Record<string, string>>
}

/** A whole HTTP request. Its prompt is text of many messages, as conversations are, and has about so many bytes. */
export function requestBytes({ spelling, model, bytes, stream, headers }: Asked): string {
  const messages = Array.from({ length: Math.max(1, Math.round(bytes / 900)) }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: 'What is the price of it, and "why"?\n'.repeat(24),
  }))
  const said = spelling === 'responses' ? { input: messages } : { messages }
  const limit = spelling === 'messages' ? { max_tokens: 1_000 } : {}
  const body = JSON.stringify({ model, ...said, ...limit, ...(stream ? { stream } : {}) })
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${PATHS[spelling]} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

const chatUsage = { prompt_tokens: INPUT, completion_tokens: EVENTS, total_tokens: INPUT + EVENTS }
const usage = { input_tokens: INPUT, output_tokens: EVENTS }
const responsesUsage = {
  ...usage,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: INPUT + EVENTS,
}
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'small', stop_sequence: null }

function response(status: string, output: readonly object[]): object {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_716_200_000,
    model: 'small',
    status,
    output,
    usage: status === 'completed' ? responsesUsage : null,
  }
}

function outputItem(text: string): object {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  }
}

const WHOLE: Readonly<Record<Spelling, (text: string) => object>> = {
  chat: (content) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_716_200_000,
    model: 'small',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: chatUsage,
  }),
  responses: (text) => response('completed', [outputItem(text)]),
  messages: (text) => ({ ...message, content: [{ type: 'text', text }], stop_reason: 'end_turn', usage }),
}

const STREAM: Readonly<Record<Spelling, () => string[]>> = {
  chat: () => {
    const chunk = (delta: object, finish: string | null, more = {}): string =>
      data({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1_716_200_000,
        model: 'small',
        choices: [{ index: 0, delta, finish_reason: finish }],
        ...more,
      })
    return [
      ...deltas(() => chunk({ content: SENT }, null)),
      chunk({}, 'stop', { usage: chatUsage }),
      'data: [DONE]\n\n',
    ]
  },
  responses: () => {
    const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
    // Not the text of the deltas: a mark that no instant was written into would be taken for one.
    const text = 'word '.repeat(EVENTS)
    const part = { type: 'output_text', text: '', annotations: [] }
    let sequence_number = 0
    const event = (type: string, fields: object): string =>
      `event: ${type}\n${data({ type, sequence_number: (sequence_number += 1), ...fields })}`
    return [
      event('response.created', { response: response('in_progress', []) }),
      event('response.output_item.added', {
        output_index: 0,
        item: { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] },
      }),
      event('response.content_part.added', { ...place, part }),
      ...deltas(() => event('response.output_text.delta', { ...place, delta: SENT })),
      event('response.output_text.done', { ...place, text }),
      event('response.content_part.done', { ...place, part: { ...part, text } }),
      event('response.output_item.done', { output_index: 0, item: outputItem(text) }),
      event('response.completed', { response: response('completed', [outputItem(text)]) }),
    ]
  },
  messages: () => {
    const event = (type: string, fields: object): string => `event: ${type}\n${data({ type, ...fields })}`
    return [
      event('message_start', {
        message: { ...message, content: [], stop_reason: null, usage: { input_tokens: INPUT, output_tokens: 1 } },
      }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...deltas(() => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: SENT } })),
      event('content_block_stop', { index: 0 }),
      event('message_delta', {
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: EVENTS },
      }),
      event('message_stop', {}),
    ]
  },
}

function deltas(make: () => string): string[] {
  return Array.from({ length: EVENTS }, make)
}

function data(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`
}
