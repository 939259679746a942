import { describe, expect, it } from 'vitest'
import { PaddockError } from '../../base/errors.ts'
import { readJson } from '../json-text.ts'
import { promptText, readResponsesRequest } from './request.ts'

const json = (body: unknown): ReturnType<typeof readJson> => readJson(Buffer.from(JSON.stringify(body)))
const withFields = (fields: object): object => ({ model: 'm', input: 'Hello', ...fields })
const withPart = (part: object): object => withFields({ input: [{ role: 'user', content: [part] }] })

describe('a request', () => {
  it('of one text is described by defaults', () => {
    expect(readResponsesRequest(json(withFields({})))).toMatchObject({
      model: 'm',
      stream: false,
      includeUsage: true,
      maxTokens: null,
      messageCount: 1,
      promptBytes: 5,
      previousResponseId: null,
      fields: { conversation: 'input', maxTokens: 'max_output_tokens' },
      store: null,
    })
  })

  it('with everything is described whole', () => {
    const body = {
      model: 'm',
      instructions: 'Be brief.',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'See.' },
            { type: 'input_image', image_url: 'https://example.com/a.png' },
            { type: 'input_file', file_id: 'f' },
          ],
        },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1}' },
        { type: 'function_call_output', call_id: 'c', output: 'Seen.' },
      ],
      max_output_tokens: 50,
      tools: [{ type: 'function', name: 'f', parameters: {} }],
      metadata: { a: 'b' },
      previous_response_id: 'resp_1',
      store: false,
      stream: true,
      safety_identifier: 'u',
    }
    expect(readResponsesRequest(json(body))).toMatchObject({
      stream: true,
      maxTokens: 50,
      messageCount: 3,
      imageCount: 1,
      hasFiles: true,
      hasTools: true,
      user: 'u',
      metadata: new Map([['a', 'b']]),
      previousResponseId: 'resp_1',
      store: false,
      unknownFields: [],
    })
    expect(promptText(json(body)).split('\n')).toEqual([
      'Be brief.',
      'See.',
      'f',
      '{"a":1}',
      'Seen.',
      JSON.stringify(body.tools),
    ])
  })

  it.each<[what: string, body: object, code: string, param: string]>([
    ['no input', { model: 'm' }, 'field_missing', '/input'],
    ['an empty input', withFields({ input: [] }), 'messages_empty', '/input'],
    ['an input that is a number', withFields({ input: 5 }), 'type', '/input'],
    ['a role of its own', withFields({ input: [{ role: 'tool', content: 'x' }] }), 'message_role', '/input/0/role'],
    [
      'a private address',
      withPart({ type: 'input_image', image_url: 'http://169.254.169.254/' }),
      'url_forbidden',
      '/input/0/content/0/image_url',
    ],
    [
      'a private address of a file',
      withPart({ type: 'input_file', file_url: 'http://10.0.0.1/' }),
      'url_forbidden',
      '/input/0/content/0/file_url',
    ],
    [
      'a call without its id',
      withFields({ input: [{ type: 'function_call', name: 'f', arguments: '' }] }),
      'field_missing',
      '/input/0/call_id',
    ],
    ['an answer nobody waits for', withFields({ background: true }), 'value_unknown', '/background'],
    [
      'a schema that is none',
      withFields({ text: { format: { type: 'json_schema', name: 'a', schema: 5 } } }),
      'schema_invalid',
      '/text/format/schema',
    ],
    [
      'two functions of a name',
      withFields({ tools: [1, 2].map(() => ({ type: 'function', name: 'f' })) }),
      'tools_invalid',
      '/tools/1/name',
    ],
  ])('with %s is refused', (_what, body, code, param) => {
    let thrown: unknown = null
    try {
      readResponsesRequest(json(body))
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(PaddockError)
    expect(thrown).toMatchObject({ code, detail: { param } })
  })

  it('with tools that run at a provider passes', () => {
    expect(readResponsesRequest(json(withFields({ tools: [{ type: 'web_search' }] }))).hasTools).toBe(true)
  })
})
