import { describe, expect, it } from 'vitest'
import { checkMessageStream } from './anthropic-grammar.ts'

/** The checker itself: it lets a right stream pass and stops at each thing that is wrong. */

const event = (type: string, members: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`

const usage = { input_tokens: 3, output_tokens: 1 }
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage,
}
const begin = event('message_start', { message })
const openText = (index: number): string =>
  event('content_block_start', { index, content_block: { type: 'text', text: '' } })
const openTool = (index: number): string =>
  event('content_block_start', { index, content_block: { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} } })
const say = (index: number, delta: object): string => event('content_block_delta', { index, delta })
const text = { type: 'text_delta', text: 'Hi' }
const json = { type: 'input_json_delta', partial_json: '{"a":' }
const openThoughts = event('content_block_start', {
  index: 0,
  content_block: { type: 'thinking', thinking: '', signature: '' },
})
const thoughts = { type: 'thinking_delta', thinking: 'Hm' }
const signature = { type: 'signature_delta', signature: 'S' }
const close = (index: number): string => event('content_block_stop', { index })
const delta = event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage })
const stop = event('message_stop')
const error = event('error', { error: { type: 'api_error', message: 'It broke.' } })

describe('a right stream', () => {
  it('is put together', () => {
    const stream = begin + event('ping') + openText(0) + say(0, text) + say(0, text) + close(0) + delta + stop
    expect(checkMessageStream(stream)).toEqual({
      model: 'm',
      content: [{ type: 'text', text: 'HiHi' }],
      stop_reason: 'end_turn',
      usage,
      lastUsage: usage,
      error: null,
    })
  })

  it('has its blocks whole, and tells what message_delta said from what was said before', () => {
    const stream =
      begin +
      openThoughts +
      say(0, thoughts) +
      say(0, signature) +
      close(0) +
      openTool(1) +
      say(1, json) +
      say(1, { type: 'input_json_delta', partial_json: '1}' }) +
      close(1) +
      openTool(2) +
      close(2) +
      event('message_delta', { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 9 } }) +
      stop
    const call = { type: 'tool_use', id: 'toolu_1', name: 'f' }
    expect(checkMessageStream(stream)).toMatchObject({
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 'S' },
        { ...call, input: { a: 1 } },
        { ...call, input: {} },
      ],
      usage: { input_tokens: 3, output_tokens: 9 },
      lastUsage: { output_tokens: 9 },
    })
  })

  it('may end with an error wherever it is', () => {
    for (const sofar of ['', begin, begin + openText(0) + say(0, text), begin + openText(0) + close(0) + delta])
      expect(checkMessageStream(sofar + error).error).toEqual({ type: 'api_error', message: 'It broke.' })
  })
})

describe('a wrong stream is refused', () => {
  it.each([
    ['without a beginning', openText(0), 'content_block_start while before'],
    ['with two beginnings', begin + begin, 'message_start while between'],
    ['with a block in a block', begin + openText(0) + openText(1), 'content_block_start while inside'],
    ['with a gap in the indices', begin + openText(1), 'block 1 instead of 0'],
    [
      'with a delta of a closed block',
      begin + openText(0) + close(0) + say(0, text),
      'content_block_delta while between',
    ],
    ['with a delta of another block', begin + openText(0) + say(1, text), 'block 1, which is not open'],
    ['with a delta that does not fit', begin + openText(0) + say(0, json), 'input_json_delta in a text'],
    ['with broken arguments', begin + openTool(0) + say(0, json) + close(0), 'JSON'],
    ['with an end before its reason', begin + stop, 'message_stop while between'],
    ['with a reason inside of a block', begin + openText(0) + delta, 'message_delta while inside'],
    [
      'with words behind a signature',
      begin + openThoughts + say(0, signature) + say(0, thoughts),
      'thinking_delta behind the signature',
    ],
    ['with two reasons', begin + delta + delta, 'message_delta while stopping'],
    ['without an end', begin + delta, 'ended while stopping'],
    ['with words behind the end', begin + delta + stop + event('ping'), 'ping behind the end'],
    ['with an end behind an error', begin + error + stop, 'message_stop behind the end'],
    ['with an event of another name', begin.replace('event: message_start', 'event: ping'), 'named ping'],
    ['with an unknown event', begin + event('content_block_pause'), 'no such event'],
  ])('%s', (_, stream, says) => {
    expect(() => checkMessageStream(stream)).toThrow(says)
  })
})
