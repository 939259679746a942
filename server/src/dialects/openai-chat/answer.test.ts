import { describe, expect, it } from 'vitest'
import { answerText, readAnswer } from './answer.ts'

const read = (value: unknown): ReturnType<typeof readAnswer> => readAnswer(Buffer.from(JSON.stringify(value)))

describe('an answer', () => {
  it('is read for the books', () => {
    const answer = read({
      id: 'chatcmpl-1',
      model: 'm-2024',
      choices: [
        { message: { role: 'assistant', content: 'Hello', reasoning_content: 'Hm. ' }, finish_reason: 'stop' },
        {
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
      finishReasons: ['stop', 'tool_calls'],
    })
    expect(answer.usage?.raw.toString()).toBe('{"prompt_tokens":1,"completion_tokens":2}')
    expect(answerText(answer)).toBe('Hm. Hellof{}')
  })

  it('may lack everything', () => {
    expect(read({ id: 7, model: null, choices: [{}] })).toMatchObject({
      error: null,
      id: null,
      model: null,
      usage: null,
      finishReasons: [],
    })
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
  ])('%j is none', (body) => {
    expect(() => readAnswer(Buffer.from(body))).toThrow(expect.objectContaining({ code: 'provider_bad_answer' }))
  })
})
