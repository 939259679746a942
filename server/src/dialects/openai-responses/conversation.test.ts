import { describe, expect, it } from 'vitest'
import { readJson } from '../json-text.ts'
import { continued, itemsAfter, itemsBefore, ownInput } from './conversation.ts'
import { OwnPass, readFinal } from './ours.ts'
import type { StoredConversation } from './stored.ts'
import { editForProvider } from './write-request.ts'

const MESSAGE = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hello' }] }
const SEARCH = { id: 'ws_1', type: 'web_search_call', status: 'completed' }
const REASONING = {
  encrypted: { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'gAAA' },
  shown: { id: 'rs_2', type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'so' }] },
  summary: { id: 'rs_3', type: 'reasoning', summary: [{ type: 'summary_text', text: 'so' }] },
  foreign: { id: 'rs_4', type: 'reasoning', summary: [], encrypted_content: 'anthropic-messages:EqQB' },
}

function kept(output: readonly object[], input = '[{"role":"user","content":"hi"}]'): StoredConversation {
  const owner = { organisationId: 'o', teamId: 't', keyId: 'k', createdAt: 0, previousId: null }
  return { id: 'resp_1', ...owner, earlier: [], input, response: JSON.stringify({ output }) }
}

function sent(output: readonly object[], asked: object = {}): Record<string, unknown> & { input: object[] } {
  const request = readJson(
    Buffer.from(JSON.stringify({ model: 'm', previous_response_id: 'resp_1', input: 'now', ...asked })),
  )
  const whole = readJson(continued(request, itemsAfter(kept(output))))
  const { body } = editForProvider(whole, {
    provider: 'p',
    model: 'm',
    facts: { usage: { reasoningInOutput: true, streamOption: true } },
  })
  return JSON.parse(body.toString()) as Record<string, unknown> & { input: object[] }
}

describe('a conversation that goes on at a provider of this dialect', () => {
  it('[G41] says no ids of what is stored nowhere, but of what needs one', () => {
    const {
      input,
      store,
      previous_response_id: previous,
    } = sent([{ id: 'msg_1', status: 'completed', ...MESSAGE }, SEARCH])
    expect(input).toEqual([
      { role: 'user', content: 'hi' },
      MESSAGE,
      SEARCH,
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'now' }] },
    ])
    expect([store, previous]).toEqual([false, null])
  })

  it('[G41] gives back the reasoning that such a provider can read, and asks for more of it', () => {
    const { input, include } = sent(Object.values(REASONING), { reasoning: { effort: 'low' }, include: ['x'] })
    const { id: _encrypted, ...encrypted } = REASONING.encrypted
    const { id: _shown, ...shown } = REASONING.shown
    expect(input.slice(1, -1)).toEqual([encrypted, shown])
    expect(include).toEqual(['x', 'reasoning.encrypted_content'])
    expect(sent([], { reasoning: null })).not.toHaveProperty('include')
  })

  it('keeps every digit of what was said', () => {
    const request = readJson(Buffer.from('{"model":"m","input":[{"role":"user","content":"x","n":1.50}]}'))
    expect(ownInput(request, '0-1')).toBe('[{"role":"user","content":"x","n":1.50,"type":"message","id":"in_01_0"}]')
  })
})

it('[G40] items that a provider numbers alike are told apart', () => {
  const twice = kept([{ id: 'msg_1', ...MESSAGE }])
  const listed = itemsBefore({ ...twice, earlier: [twice, twice] })
  expect(listed.map(({ id }) => id)).toEqual(['item_0', 'msg_1', 'item_2', 'msg_1_3', 'item_4'])
  expect(listed.map(({ json }) => (JSON.parse(json) as { id: string }).id)).toEqual(listed.map(({ id }) => id))
})

it('[G40] a response is ours in every event that tells of it, however its payload is written', () => {
  const pass = new OwnPass({ pass: ({ raw }) => ({ bytes: raw, events: [], written: '' }) }, '01-ab', {
    store: true,
    previousResponseId: null,
  })
  const text = Buffer.from('data: {"type":"response.output_text.delta","delta":"\\"response\\""}\n\n')
  expect(pass.pass({ raw: text, data: text.subarray(6, -2) }).bytes).toBe(text)
  const data = Buffer.from('{"type":"response.completed",\n"response":{"id":"theirs","store":false,"n":1.50}}')
  const { bytes } = pass.pass({ raw: Buffer.from('anything'), data })
  const own = '"response":{"id":"resp_01ab","store":true,"n":1.50,"previous_response_id":null}}'
  expect(bytes.toString()).toBe(`event: response.completed\ndata: {"type":"response.completed",\ndata: ${own}\n\n`)
  const end = Buffer.concat([text, bytes])
  expect(readFinal(end, true)?.unkept().toString()).toBe(end.toString().replace('"store":true', '"store":false'))
  expect(readFinal(text, true)).toBeNull()
})
