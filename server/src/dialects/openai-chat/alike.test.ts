import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PassContext } from '../dialect.ts'
import { readJson } from '../json-text.ts'
import { SseSplitter, type SseEvent } from '../sse.ts'
import { AlikeChunks } from './alike.ts'
import { completionText } from './completion.ts'
import { ChatPass } from './pass.ts'
import { ChatReader } from './reader.ts'
import { readChunk } from './stream.ts'

const CONTEXT: PassContext = {
  provider: 'lab',
  requestId: 'r',
  facts: { usage: { streamOption: true, reasoningInOutput: true } },
  answerTool: null,
  wantsAll: false,
}

function passOf(includeUsage: boolean): ChatPass {
  const json = readJson(Buffer.from('{}'))
  return new ChatPass({ requestId: 'r', model: 'm', createdSeconds: 0, includeUsage, json }, CONTEXT)
}

/** What an event comes to: the bytes that go on and what was written, or that it cannot be read. */
function outcome(pass: ChatPass, { raw, data }: SseEvent): unknown {
  if (data === null) return null
  try {
    const { bytes, written, events } = pass.pass({ raw, data })
    return {
      bytes: bytes.toString('latin1'),
      written: written.toString(),
      events: events.filter(({ kind }) => kind !== 'start'),
    }
  } catch (thrown) {
    return thrown
  }
}

type Said = (text: string) => object
const choice = (delta: object, more: object = {}): object => ({ index: 0, delta, finish_reason: null, ...more })
const SHAPES: readonly Said[] = [
  (content) => ({ id: 'c', model: 'm', choices: [choice({ content })] }),
  (content) => ({ id: 'c', choices: [choice({ content })], usage: null }),
  (content) => ({ usage: null, choices: [choice({ role: 'assistant', content })] }),
  (text) => ({ choices: [choice({ reasoning_content: text, content: null })] }),
  (text) => ({ choices: [choice({ reasoning: text, reasoning_content: text })] }),
  (content) => ({ choices: [choice({ content, refusal: 'No' })] }),
  (content) => ({ choices: [choice({ content }), choice({ content: 'b' }, { index: 1 })] }),
  (content) => ({ choices: [choice({ content }, { finish_reason: 'stop' })], usage: { prompt_tokens: 1 } }),
  (text) => ({ choices: [choice({ tool_calls: [{ index: 0, function: { arguments: text } }] })] }),
  (text) => ({ error: { message: text } }),
]
const texts = fc.oneof(
  fc.constantFrom('', 'a', ' the', '中文', '🦊', '\\n', '"', '\\', '","usage":null,"x":"', '\u0001', '\u007f'),
  fc.string({ maxLength: 6, unit: 'binary' }),
)
const harm = fc.option(fc.record({ at: fc.nat(200), byte: fc.constantFrom(0x22, 0x5c, 0x80, 0xff, 0x0, 0x7d) }), {
  freq: 9,
})

/** The event with a payload, one byte of which may be wrong. */
function eventWith(payload: Buffer, wrong: { at: number; byte: number } | null): SseEvent {
  const bytes = Buffer.concat([Buffer.from('data: '), payload, Buffer.from('\n\n')])
  if (wrong !== null && wrong.at < payload.length) bytes[6 + wrong.at] = wrong.byte
  return { raw: bytes, data: bytes.subarray(6, -2) }
}

const chunks = fc.array(fc.tuple(fc.constantFrom(...SHAPES), fc.array(fc.tuple(texts, harm), { maxLength: 6 })), {
  maxLength: 5,
})

/** What a payload says, or that it cannot be read. */
function said(read: () => unknown): unknown {
  try {
    return read()
  } catch (thrown) {
    return thrown
  }
}

describe('chunks that are like one before', () => {
  it('say the same to who is spoken to in another dialect as when each is read', () => {
    fc.assert(
      fc.property(chunks, (series) => {
        const reader = new ChatReader(CONTEXT)
        const reference = new ChatReader(CONTEXT)
        for (const [shape, texts] of series) {
          for (const [text, wrong] of texts) {
            const data = eventWith(Buffer.from(JSON.stringify(shape(text))), wrong).data ?? Buffer.alloc(0)
            expect(said(() => reader.read(data))).toEqual(said(() => reference.readChunk(readChunk(data, 'lab'))))
          }
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('come to the same as when each is read', () => {
    fc.assert(
      fc.property(chunks, fc.boolean(), (series, includeUsage) => {
        const pass = passOf(includeUsage)
        for (const [shape, said] of series) {
          for (const [text, wrong] of said) {
            const event = eventWith(Buffer.from(JSON.stringify(shape(text))), wrong)
            expect(outcome(pass, event)).toEqual(outcome(passOf(includeUsage), event))
          }
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('are known by the second one, and pass without their usage of nothing', () => {
    const [first, second] = new SseSplitter().push(
      Buffer.from(
        ['Hi', ' 世界']
          .map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }], usage: null })}\n\n`)
          .join(''),
      ),
    )
    const alike = new AlikeChunks()
    const data = first?.data ?? Buffer.alloc(0)
    const read = readChunk(data, 'lab')
    alike.remember(data, read, completionText(read.json.root))
    expect(alike.textIn(second?.data ?? Buffer.alloc(0))?.toString()).toBe(' 世界')
    const pass = passOf(false)
    const passed = [first, second].map((event) => event && outcome(pass, event))
    expect(passed).toMatchObject([
      { bytes: 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n' },
      { bytes: Buffer.from('data: {"choices":[{"delta":{"content":" 世界"}}]}\n\n').toString('latin1') },
    ])
  })
})
