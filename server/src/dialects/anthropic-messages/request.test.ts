import { describe, expect, it } from 'vitest'
import { PaddockError } from '../../base/errors.ts'
import { readJson } from '../json-text.ts'
import { promptText, readCountRequest, readMessagesRequest } from './request.ts'

const json = (body: unknown): ReturnType<typeof readJson> => readJson(Buffer.from(JSON.stringify(body)))
const read = (body: unknown): ReturnType<typeof readMessagesRequest> => readMessagesRequest(json(body))
const HELLO = { role: 'user', content: 'Hello' }
const withFields = (fields: object): object => ({ model: 'm', max_tokens: 9, messages: [HELLO], ...fields })
const withBlocks = (...content: object[]): object => withFields({ messages: [{ role: 'user', content }] })
const callOf = (id: string): object => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id, name: 'f', input: {} }],
})
const image = (source: object): object => ({ type: 'image', source })

describe('a request', () => {
  it('is described', () => {
    const body = {
      model: 'm',
      max_tokens: 300,
      stream: true,
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        {
          role: 'user',
          content: [
            image({ type: 'url', url: 'https://example.com/a.png' }),
            { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
          ],
        },
        callOf('x'),
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'x', content: [{ type: 'text', text: 'Seen.' }] }],
        },
      ],
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      metadata: { user_id: 'u1' },
      temprature: 1,
    }
    expect(read(body)).toMatchObject({
      model: 'm',
      stream: true,
      includeUsage: true,
      maxTokens: 300,
      n: 1,
      messageCount: 3,
      imageCount: 1,
      hasFiles: true,
      hasTools: true,
      user: 'u1',
      unknownFields: [{ name: 'temprature', meant: 'temperature' }],
    })
    expect(promptText(json(body)).split('\n')).toEqual(['Be brief.', 'f', '{}', 'Seen.', JSON.stringify(body.tools)])
  })

  it.each<[what: string, body: object, code: string, param: string]>([
    ['no model', { max_tokens: 9, messages: [HELLO] }, 'model_missing', '/model'],
    ['no limit', { model: 'm', messages: [HELLO] }, 'field_missing', '/max_tokens'],
    ['no messages', { model: 'm', max_tokens: 9 }, 'field_missing', '/messages'],
    ['empty messages', withFields({ messages: [] }), 'messages_empty', '/messages'],
    [
      'a system among the messages',
      withFields({ messages: [{ role: 'system', content: 'x' }] }),
      'message_role',
      '/messages/0/role',
    ],
    [
      'content that is a number',
      withFields({ messages: [{ role: 'user', content: 5 }] }),
      'type',
      '/messages/0/content',
    ],
    ['a temperature above 1', withFields({ temperature: 1.5 }), 'out_of_range', '/temperature'],
    [
      'a private address',
      withBlocks(image({ type: 'url', url: 'http://10.0.0.1/' })),
      'url_forbidden',
      '/messages/0/content/0/source/url',
    ],
    [
      'a private address of a document',
      withBlocks({ type: 'document', source: { type: 'url', url: 'http://[::1]/' } }),
      'url_forbidden',
      '/messages/0/content/0/source/url',
    ],
    [
      'a private address in a result',
      withFields({
        messages: [
          callOf('x'),
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'x', content: [image({ type: 'url', url: 'http://localhost/' })] },
            ],
          },
        ],
      }),
      'url_forbidden',
      '/messages/1/content/0/content/0/source/url',
    ],
    [
      'an image that is none',
      withBlocks(image({ type: 'base64', media_type: 'image/png', data: 'AAAA' })),
      'image_type',
      '/messages/0/content/0/source/data',
    ],
    ['an image without its source', withBlocks({ type: 'image' }), 'field_missing', '/messages/0/content/0/source'],
    [
      'the result of no call',
      withBlocks({ type: 'tool_result', tool_use_id: 'y', content: 'z' }),
      'id_invalid',
      '/messages/0/content/0/tool_use_id',
    ],
    ['a tool without a name', withFields({ tools: [{ input_schema: {} }] }), 'field_missing', '/tools/0/name'],
    [
      'a schema that is none',
      withFields({ tools: [{ name: 'f', input_schema: 'x' }] }),
      'type',
      '/tools/0/input_schema',
    ],
    ['two tools of a name', withFields({ tools: [{ name: 'f' }, { name: 'f' }] }), 'tools_invalid', '/tools/1/name'],
    [
      'a budget of nothing',
      withFields({ thinking: { type: 'enabled', budget_tokens: 0 } }),
      'out_of_range',
      '/thinking/budget_tokens',
    ],
  ])('with %s is refused', (_what, body, code, param) => {
    let thrown: unknown = null
    try {
      read(body)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(PaddockError)
    expect(thrown).toMatchObject({ code, detail: { param } })
  })

  it('with tools that run at the provider passes, whatever their shape', () => {
    const tools = [
      { type: 'mcp_toolset', mcp_server_name: 's' },
      { type: 'web_search_20250305', name: 'web_search' },
    ]
    expect(read(withFields({ tools })).hasTools).toBe(true)
  })

  it.each<[what: string, block: object]>([
    ['stored images', image({ type: 'file', file_id: 'f' })],
    ['blocks of types that come later', { type: 'hologram', beam: 1 }],
  ])('with %s passes', (_what, block) => {
    expect(read(withBlocks(block)).messageCount).toBe(1)
  })
})

describe('counting tokens', () => {
  it('needs no limit of an answer', () => {
    expect(readCountRequest(json({ model: 'm', messages: [HELLO] }))).toMatchObject({ model: 'm', maxTokens: null })
  })
})
