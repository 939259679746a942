import { describe, expect, it } from 'vitest'
import { startFakeProvider } from './start.ts'

/** Every dialect tells the same script in the shape of its own API, and is charged the same for it. */

const SCRIPT = 'small+chunks=3+reasoning=2+tools=1+promptTokens=20+cachedTokens=5'
const CHARGED = { input: 15, cached: 5, cacheWrite: 0, output: 3, reasoning: 2 }

type Row = { path: string; streamPath?: string; end: string; whole: object; faulty: RegExp }

const ROWS: Record<string, Row> = {
  'openai-chat': {
    path: '/chat/completions',
    end: 'data: [DONE]',
    whole: { choices: [{ message: { content: 'w0 w1 w2 ' }, finish_reason: 'tool_calls' }] },
    faulty: /^data: {"error":/m,
  },
  'openai-responses': {
    path: '/responses',
    end: 'event: response.completed',
    whole: {
      output: [{ type: 'reasoning' }, { type: 'message' }, { type: 'function_call', call_id: 'call_0' }],
      usage: { input_tokens: 20, output_tokens: 5, output_tokens_details: { reasoning_tokens: 2 } },
    },
    faulty: /^event: error\ndata: {"type":"error"/m,
  },
  'anthropic-messages': {
    path: '/messages',
    end: 'event: message_stop',
    whole: {
      content: [{ type: 'thinking' }, { type: 'text' }, { type: 'tool_use', input: { k: 0 } }],
      stop_reason: 'tool_use',
      usage: { input_tokens: 15, cache_read_input_tokens: 5, output_tokens: 5 },
    },
    faulty: /^event: error\ndata: {"type":"error","error":{"type":"api_error"/m,
  },
  gemini: {
    path: '/models/MODEL:generateContent',
    streamPath: '/models/MODEL:streamGenerateContent?alt=sse',
    end: 'data: {"candidates":[{"content":{"role":"model","parts":[{"text":""}]},"finishReason":"STOP"',
    whole: {
      candidates: [{ content: { parts: [{ thought: true }, { text: 'w0 w1 w2 ' }, { functionCall: {} }] } }],
      usageMetadata: { promptTokenCount: 20, candidatesTokenCount: 3, thoughtsTokenCount: 2 },
    },
    faulty: /^data: {"error":{"code":500,.*"status":"INTERNAL"/m,
  },
}

describe.each(Object.entries(ROWS))('%s', (_, { path, streamPath = path, end, whole, faulty }) => {
  const ask = async (url: string, model: string, stream: boolean): Promise<Response> => {
    const to = (stream ? streamPath : path).replace('MODEL', encodeURIComponent(model))
    const body = JSON.stringify({ model, stream, messages: [] })
    return fetch(url + to, { method: 'POST', body })
  }
  const lastEvent = (text: string): string => text.trimEnd().split('\n\n').at(-1) ?? ''

  it('answers whole and streamed, and charges both alike', async () => {
    await using provider = await startFakeProvider()
    expect(await (await ask(provider.url, SCRIPT, false)).json()).toMatchObject(whole)
    const text = await (await ask(provider.url, SCRIPT, true)).text()
    expect(lastEvent(text)).toContain(end)
    await provider.idle()
    const bill = provider.bill()
    expect(bill.map(({ model, outcome, charged }) => ({ model, outcome, charged }))).toEqual(
      Array.from({ length: 2 }, () => ({ model: SCRIPT, outcome: 'whole', charged: CHARGED })),
    )
  })

  it('leaves the end out, and has its own words for errors', async () => {
    await using provider = await startFakeProvider()
    const cut = await (await ask(provider.url, 'small+no_done', true)).text()
    expect(cut).toContain('w4 ')
    expect(lastEvent(cut)).not.toContain(end)
    expect(await (await ask(provider.url, 'small+error_in_stream', true)).text()).toMatch(faulty)
    const refused = await ask(provider.url, 'small+429', false)
    expect([refused.status, JSON.stringify(await refused.json())]).toEqual([
      429,
      expect.stringContaining('"message":"Rate'),
    ])
  })
})
