import { describe, expect, it } from 'vitest'
import { NO_USAGE } from '@paddock/contract/usage'
import type { NeutralAnswer } from '../neutral.ts'
import { readWhole } from './reader.ts'

const CONTEXT = {
  provider: 'lab',
  requestId: 'r',
  facts: { usage: { streamOption: true, reasoningInOutput: true } },
  answerTool: null,
}
const readBytes = (body: string): NeutralAnswer => readWhole(Buffer.from(body), CONTEXT)
const read = (value: unknown): NeutralAnswer => readBytes(JSON.stringify(value))

describe('an answer', () => {
  it('is the first choice, and every choice is counted', () => {
    const answer = read({
      id: 'chatcmpl-1',
      model: 'm-2024',
      choices: [
        { message: { role: 'assistant', content: 'Hello', reasoning_content: 'Hm. ' }, finish_reason: 'stop' },
        {
          index: 1,
          message: { content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    })
    expect(answer).toMatchObject({
      error: null,
      id: 'chatcmpl-1',
      model: 'm-2024',
      stop: 'end',
      parts: [
        { kind: 'reasoning', text: 'Hm. ' },
        { kind: 'text', text: 'Hello' },
      ],
      usage: { kind: 'usage', usage: { ...NO_USAGE, input: 1, output: 2 } },
      written: 'Hm. Hellof{}',
    })
  })

  it('may lack everything', () => {
    const nothing = { error: null, id: null, model: null, usage: null, parts: [], written: '' }
    expect(read({ id: 7, model: null, choices: [{}] })).toMatchObject(nothing)
  })

  it('may be an error all the same', () => {
    expect(read({ base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }).error).toMatchObject({
      code: '1008',
      message: 'insufficient balance',
    })
    expect(read({ error: { message: 'no' } }).error).toMatchObject({ message: 'no' })
  })

  it.each([
    '',
    '<html>busy</html>',
    '{"id":"x","choices":[{"message":{"content":"Hel',
    '[]',
    '"x"',
    '{}',
    '{"choices":null}',
  ])('%j is none, and who sent it is named', (body) => {
    expect(() => readBytes(body)).toThrow(
      expect.objectContaining({
        code: 'provider_bad_answer',
        message: expect.stringMatching(/^lab sent/) as string,
      }),
    )
  })
})
