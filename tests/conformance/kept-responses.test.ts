import OpenAI from 'openai'
import type { ResponseCreateParamsNonStreaming, Response as Answer } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Testbed } from '../testbed.ts'
import { openFourProviders, PROVIDERS } from './four-providers.ts'

/** Conversations that the official client leaves to us, whichever dialect serves them. */

let testbed: Testbed
let client: OpenAI

beforeAll(async () => {
  testbed = await openFourProviders()
  client = new OpenAI({ baseURL: `${testbed.server.url}/v1`, apiKey: testbed.key, maxRetries: 0 })
})

afterAll(() => testbed[Symbol.asyncDispose]())

const OUR_ID = /^resp_[0-9a-f]{32}$/
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools = [{ type: 'function' as const, name: 'tool_0', parameters, strict: false }]

/** Asks whole or in a stream; of a stream, every response it tells of must have the id of the last. */
async function ask(isStream: boolean, asked: ResponseCreateParamsNonStreaming): Promise<Answer> {
  if (!isStream) return await client.responses.create(asked)
  const stream = client.responses.stream({ ...asked, stream: true })
  const told: Answer[] = []
  stream.on('event', (event) => {
    if ('response' in event) told.push(event.response)
  })
  const final = await stream.finalResponse()
  expect(told.length).toBeGreaterThan(1)
  for (const each of told) expect(each).toMatchObject({ id: final.id, store: true })
  return final
}

describe.each(PROVIDERS)('conversations with %s', (provider) => {
  const model = `${provider}/small`

  it.each([
    ['whole', false],
    ['streamed', true],
  ])('[G40] [G41] go on where they were, with the results of tools: %s', async (_, isStream) => {
    const input = 'What is the weather?'
    const instructions = 'Be short.'
    const first = await ask(isStream, { model: `${model}+chunks=1+tools=1+reasoning=1`, input, instructions, tools })
    expect(first.id).toMatch(OUR_ID)
    const call = first.output.find(({ type }) => type === 'function_call')
    if (call?.type !== 'function_call') throw new Error('no call came')

    const result = { type: 'function_call_output' as const, call_id: call.call_id, output: '{"degrees":21}' }
    const goOn = { model, tools, previous_response_id: first.id, input: [result] }
    const second = await ask(isStream, goOn)
    expect(second).toMatchObject({
      previous_response_id: first.id,
      status: 'completed',
      output_text: 'w0 w1 w2 w3 w4 ',
    })
    const third = await ask(isStream, { model, tools, previous_response_id: second.id, input: 'And tomorrow?' })
    const sent = testbed.lastBody()
    const inOrder = [input, '北京', 'degrees', 'w4', 'And tomorrow?'].map((said) => sent.indexOf(said))
    expect(inOrder).not.toContain(-1)
    expect(inOrder).toEqual(inOrder.toSorted((one, other) => one - other))
    expect(sent).not.toContain(instructions)
    expect(sent).not.toContain('resp_')
    expect(sent).not.toContain('"store":true')

    const items = []
    for await (const item of client.responses.inputItems.list(third.id, { order: 'asc', limit: 2 })) items.push(item)
    expect(items.map(({ type }) => type).filter((type) => type !== 'reasoning')).toEqual([
      'message',
      'message',
      'function_call',
      'function_call_output',
      'message',
      'message',
    ])
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
    expect(items.at(-1)).toMatchObject({ role: 'user', content: [{ type: 'input_text', text: 'And tomorrow?' }] })
    const { id, output_text, usage, previous_response_id } = third
    const again = await client.responses.retrieve(third.id)
    expect(again).toMatchObject({ id, output_text, usage, previous_response_id, status: 'completed', store: true })
  })

  it('[G43] end when they are deleted, and leave their entries', async () => {
    const { data: first, response } = await client.responses.create({ model, input: 'a question' }).withResponse()
    await client.responses.delete(first.id)
    const gone = { status: 404, code: 'response_unknown' }
    await expect(client.responses.retrieve(first.id)).rejects.toMatchObject(gone)
    await expect(client.responses.inputItems.list(first.id)).rejects.toMatchObject(gone)
    await expect(client.responses.create({ model, input: 'x', previous_response_id: first.id })).rejects.toMatchObject(
      gone,
    )
    expect(await testbed.entry(response)).toMatchObject({ state: 'ok', usage: { output: 5 } })
  })

  it('[G40] are not kept where the caller does not want it', async () => {
    const first = await client.responses.create({ model, input: 'a question', store: false })
    expect(first).not.toHaveProperty('store', true)
    await expect(client.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 })
  })
})

it('[G41] go on at a provider of another dialect, and reasoning finds home to who signed it', async () => {
  const asked = { input: 'a question', reasoning: { effort: 'low' as const } }
  const first = await client.responses.create({ model: 'messages/small+reasoning=2', ...asked })
  const elsewhere = { ...asked, previous_response_id: first.id }
  const second = await client.responses.create({ model: 'responses/small', ...elsewhere })
  const toOther = JSON.parse(testbed.lastBody()) as { input: { type: string }[]; include: string[] }
  expect(toOther.input.map(({ type }) => type)).toEqual(['message', 'message', 'message'])
  expect(toOther.include).toEqual(['reasoning.encrypted_content'])
  await client.responses.create({ model: 'messages/small', ...asked, previous_response_id: second.id })
  expect(testbed.lastBody()).toContain('"thinking"')
})
