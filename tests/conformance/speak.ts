import { checkMessageStream, type Fields } from '../stand-ins/anthropic-grammar.ts'

/** How callers of each dialect ask, and what they hear, put into common words so that pairs can be compared. */

export type Heard = {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly { readonly name: string; readonly arguments: unknown }[]
  /** As the dialect spells it. */
  readonly stop: string | null
  /** All tokens of the prompt and of the answer, as the caller was told. */
  readonly prompt: number
  readonly answer: number
  readonly error: Fields | null
}

export type Speaker = {
  readonly path: string
  readonly stops: Readonly<Record<'end' | 'calls' | 'length' | 'filtered', string>>
  request(model: string, stream: boolean): object
  hearWhole(body: Fields): Heard
  /** Throws when the stream breaks the rules of its dialect. */
  hearStream(text: string): Heard
  /** The error in a body that is nothing else; throws when it has not the form of the dialect. */
  errorIn(body: Fields): Fields
}

const QUESTION = { role: 'user', content: 'a question' }

const chat: Speaker = {
  path: '/v1/chat/completions',
  stops: { end: 'stop', calls: 'tool_calls', length: 'length', filtered: 'content_filter' },
  request: (model, stream) => ({
    model,
    stream,
    ...(stream ? { stream_options: { include_usage: true } } : {}),
    messages: [QUESTION],
  }),
  hearWhole: (body) => {
    const [choice] = list(body['choices'])
    return hearChoice(object(choice?.['message']), { stop: choice?.['finish_reason'], usage: body['usage'] })
  },
  hearStream: hearChunks,
  errorIn: (body) => object(body['error']),
}

function hearChoice(message: Fields, rest: { stop: unknown; usage: unknown }): Heard {
  const usage = object(rest.usage)
  return {
    text: text(message['content']),
    reasoning: text(message['reasoning_content']),
    calls: list(message['tool_calls']).map((call) => {
      const { name, arguments: given } = object(call['function'])
      return { name: String(name), arguments: JSON.parse(String(given)) as unknown }
    }),
    stop: text(rest.stop),
    prompt: Number(usage['prompt_tokens']),
    answer: Number(usage['completion_tokens']),
    error: null,
  }
}

function hearChunks(stream: string): Heard {
  const data = dataLines(stream)
  const isWhole = data.at(-1) === '[DONE]'
  const chunks = (isWhole ? data.slice(0, -1) : data).map((line) => JSON.parse(line) as Fields)
  const error = isWhole ? null : object(chunks.pop()?.['error'])
  const choices = chunks.flatMap((chunk) => list(chunk['choices']))
  const deltas = choices.map((choice) => object(choice['delta']))
  const joined = (name: string): string => deltas.map((delta) => text(delta[name])).join('')
  const message = {
    content: joined('content'),
    reasoning_content: joined('reasoning_content'),
    tool_calls: error === null ? joinCalls(deltas.flatMap((delta) => list(delta['tool_calls']))) : [],
  }
  const stop = choices.map((choice) => choice['finish_reason']).find((reason) => typeof reason === 'string')
  return { ...hearChoice(message, { stop, usage: chunks.at(-1)?.['usage'] }), error }
}

function joinCalls(pieces: readonly Fields[]): Fields[] {
  const indices = [...new Set(pieces.map((piece) => piece['index']))]
  return indices.map((index) => {
    const functions = pieces.filter((piece) => piece['index'] === index).map((piece) => object(piece['function']))
    const joined = (name: string): string => functions.map((each) => text(each[name])).join('')
    return { function: { name: joined('name'), arguments: joined('arguments') } }
  })
}

const responses: Speaker = {
  path: '/v1/responses',
  stops: { end: 'completed', calls: 'completed', length: 'max_output_tokens', filtered: 'content_filter' },
  request: (model, stream) => ({ model, stream, input: [QUESTION] }),
  hearWhole: hearResponse,
  hearStream: hearResponseEvents,
  errorIn: (body) => object(body['error']),
}

function hearResponse(body: Fields): Heard {
  const items = list(body['output'])
  const ofType = (type: string): Fields[] => items.filter((item) => item['type'] === type)
  const usage = object(body['usage'])
  const joined = (parts: Fields[]): string => parts.map((part) => text(part['text'])).join('')
  return {
    text: joined(ofType('message').flatMap((item) => list(item['content']))),
    reasoning: joined(ofType('reasoning').flatMap((item) => list(item['summary']))),
    calls: ofType('function_call').map((item) => ({
      name: String(item['name']),
      arguments: JSON.parse(String(item['arguments'])) as unknown,
    })),
    stop: text(object(body['incomplete_details'])['reason'] ?? body['status']),
    prompt: Number(usage['input_tokens']),
    answer: Number(usage['output_tokens']),
    error: null,
  }
}

/** Deltas must add up to what the last event says of the whole, and the numbers of events must have no gaps. */
function hearResponseEvents(stream: string): Heard {
  const events = dataLines(stream).map((line) => JSON.parse(line) as Fields)
  const joined = (type: string): string =>
    events.flatMap((event) => (event['type'] === type ? [text(event['delta'])] : [])).join('')
  const said = {
    text: joined('response.output_text.delta'),
    reasoning: joined('response.reasoning_summary_text.delta'),
  }
  const last = object(events.at(-1))
  if (last['type'] !== 'response.completed' && last['type'] !== 'response.incomplete') {
    const failed = last['type'] === 'response.failed' ? object(object(last['response'])['error']) : last
    return { ...hearResponse({}), ...said, error: failed }
  }
  const gap = events.findIndex((event, index) => event['sequence_number'] !== index)
  if (gap !== -1) throw new Error(`event ${gap} has the number ${String(events[gap]?.['sequence_number'])}`)
  const whole = hearResponse(object(last['response']))
  if (whole.text !== said.text || whole.reasoning !== said.reasoning)
    throw new Error('deltas do not add up to the whole')
  return whole
}

const messages: Speaker = {
  path: '/v1/messages',
  stops: { end: 'end_turn', calls: 'tool_use', length: 'max_tokens', filtered: 'refusal' },
  request: (model, stream) => ({ model, stream, max_tokens: 1_000, messages: [QUESTION] }),
  hearWhole: (body) => hearContent(list(body['content']), { stop: body['stop_reason'], usage: object(body['usage']) }),
  hearStream: (stream) => {
    // A counter must be in message_delta itself: what message_start said of it cannot stand in.
    const { content, stop_reason: stop, lastUsage: usage, error } = checkMessageStream(stream)
    return { ...hearContent(content, { stop, usage }), error }
  },
  errorIn: (body) => {
    if (body['type'] !== 'error') throw new Error(`no error of this dialect: ${JSON.stringify(body)}`)
    return object(body['error'])
  },
}

function hearContent(content: readonly Fields[], { stop, usage }: { stop: unknown; usage: Fields }): Heard {
  const ofType = (type: string): readonly Fields[] => content.filter((block) => block['type'] === type)
  const joined = (type: string): string =>
    ofType(type)
      .map((block) => text(block[type]))
      .join('')
  const inputs = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']
  return {
    text: joined('text'),
    reasoning: joined('thinking'),
    calls: ofType('tool_use').map(({ name, input }) => ({ name: String(name), arguments: input })),
    stop: text(stop),
    prompt: inputs.reduce((sum, name) => sum + Number(usage[name] ?? 0), 0),
    answer: Number(usage['output_tokens']),
    error: null,
  }
}

export const SPEAKERS: Readonly<Record<'chat' | 'responses' | 'messages', Speaker>> = { chat, responses, messages }

function dataLines(stream: string): string[] {
  return stream.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice('data: '.length)] : []))
}

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? (value as Fields[]) : []
}

function object(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
