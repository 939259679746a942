import { expect, it } from 'vitest'
import type { CallProvider, ProviderSink } from '../providers/call-provider.ts'
import { openLabGateway, settleDown } from './fixtures/lab-gateway.ts'
import { NO_TRIALS, type AnsweredPair, type Trials } from './trials.ts'

const HEAD = [200, { 'content-type': 'text/event-stream' }] as const
const CHUNK =
  'data: {"id":"a","model":"m","choices":[{"index":0,"delta":{"content":"hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}\n\n'
const END = 'data: [DONE]\n\n'

/** Calls of a provider that wait for what the test lets them say. */
function openProvider(): { readonly call: CallProvider; readonly sinks: ProviderSink[] } {
  const sinks: ProviderSink[] = []
  const call: CallProvider = (_request, sink) => {
    sinks.push(sink)
    return { resume: () => undefined, cancel: () => undefined }
  }
  return { call, sinks }
}

const MARK = { race: 'r', unit: 'u', phase: 0 }

it('[H37] asks the challenger only when the caller has the last byte, and tells the race what both said', async () => {
  const [champion, challenger] = [openProvider(), openProvider()]
  const pairs: AnsweredPair[] = []
  const trials: Trials = {
    ...NO_TRIALS,
    lead: () => ({ model: 'a/m', reason: 'a race', trial: { ...MARK, arm: 'a/m', mirror_of: null }, isCompared: true }),
    shadowOf: ({ id }) => ({
      model: 'b/m',
      trial: { ...MARK, arm: 'b/m', mirror_of: id },
      teamId: 'races',
      keyId: 'race:r',
    }),
    compared: (pair) => {
      pairs.push(pair)
      return Promise.resolve()
    },
  }
  const routes = [{ name: 'chat', candidates: [{ model: 'a/m' }] }]
  await using lab = await openLabGateway({ providers: { a: champion.call, b: challenger.call }, routes, trials })
  const asked = lab.ask('chat', true)
  await settleDown()
  champion.sinks[0]?.onHead(...HEAD)
  champion.sinks[0]?.onData(Buffer.from(CHUNK))
  const answer = await asked
  await settleDown()
  expect(challenger.sinks).toHaveLength(0)
  champion.sinks[0]?.onData(Buffer.from(END))
  champion.sinks[0]?.onEnd()
  const told = Buffer.concat((await answer.toArray()) as Buffer[]).toString()
  expect(told).toContain('[DONE]')
  await settleDown()
  expect(challenger.sinks).toHaveLength(1)
  challenger.sinks[0]?.onHead(...HEAD)
  challenger.sinks[0]?.onData(Buffer.from(CHUNK + END))
  challenger.sinks[0]?.onEnd()
  await settleDown()
  expect(pairs.map((pair) => [pair.champion.text, pair.challenger?.text])).toEqual([['hi', 'hi']])
  expect(lab.settled.map(({ provider, team_id, stream }) => [provider, team_id, stream])).toEqual([
    ['a', 't', true],
    ['b', 'races', true],
  ])
})
