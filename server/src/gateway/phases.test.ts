import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { CallFailure, CallProvider, ProviderSink } from '../providers/call-provider.ts'
import { openLabGateway, settleDown, type LabGateway } from './fixtures/lab-gateway.ts'

/** A provider that hangs in each phase of a call: who is told what, when, and who is asked instead. */

const SECOND = 1_000
const CHUNK =
  'data: {"id":"a","model":"m","choices":[{"index":0,"delta":{"content":"hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}\n\n'
const ANSWER =
  '{"id":"a","model":"m","choices":[{"index":0,"message":{"content":"hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}'

/** Does what the test says, call by call. */
function openPuppet() {
  const calls: { readonly sink: ProviderSink; cancelled: boolean }[] = []
  const call: CallProvider = (_request, sink) => {
    const running = { sink, cancelled: false }
    calls.push(running)
    const cancel = (): void => {
      if (running.cancelled) return
      running.cancelled = true
      queueMicrotask(() => {
        sink.onFailure({ kind: 'cancelled', message: 'cancelled' })
      })
    }
    return { resume: () => undefined, cancel }
  }
  return { call, calls }
}

const healthy: CallProvider = ({ body }, sink) => {
  const stream = Buffer.from(body).includes('"stream":true')
  queueMicrotask(() => {
    sink.onHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
    sink.onData(Buffer.from(stream ? `${CHUNK}data: [DONE]\n\n` : ANSWER))
    sink.onEnd()
  })
  return { resume: () => undefined, cancel: () => undefined }
}

type Lab = LabGateway & {
  /** Asks the route, whose first provider does what the test says, and waits until that is called. */
  begin(stream: boolean): Promise<{ answer: Promise<Told>; sink: ProviderSink; isCancelled: () => boolean }>
  calls(): number
}
type Told = { readonly status: number | undefined; readonly text: string }

async function openLab(): Promise<Lab> {
  const first = openPuppet()
  const candidates = [{ model: 'first/m' }, { model: 'second/m' }]
  const lab = await openLabGateway({
    providers: { first: first.call, second: healthy },
    routes: [{ name: 'chat', candidates }],
  })
  return {
    ...lab,
    calls: () => first.calls.length,
    begin: async (stream) => {
      const answer = lab.ask('chat', stream).then(readTold)
      await settleDown()
      const running = first.calls.at(-1)
      if (running === undefined) throw new Error('the first provider was not called')
      return { answer, sink: running.sink, isCancelled: () => running.cancelled }
    },
  }
}

async function readTold(response: IncomingMessage): Promise<Told> {
  const parts = (await response.toArray()) as Buffer[]
  return { status: response.statusCode, text: Buffer.concat(parts).toString() }
}

const STREAM_HEAD = [200, { 'content-type': 'text/event-stream' }] as const

/** The second one answered, and the entry tells why the first did not. */
async function expectSecond(lab: Lab, answer: Promise<Told>, attempt: object): Promise<void> {
  const { status, text } = await answer
  expect([status, text.includes('hi')]).toEqual([200, true])
  expect(lab.settled).toMatchObject([
    { state: 'unpriced', provider: 'second', attempts: [{ provider: 'first', ...attempt }, { provider: 'second' }] },
  ])
}

/** The caller had seen something: it is told of the failure in one event, and of no end. */
async function expectBroken(lab: Lab, answer: Promise<Told>, code: string): Promise<void> {
  const { status, text } = await answer
  expect(status).toBe(200)
  expect(text.match(/"code":"\w+"/g)).toEqual([`"code":"${code}"`])
  expect(text).not.toContain('[DONE]')
  expect(lab.settled).toMatchObject([
    { state: 'timeout', error: code, attempts: [{ outcome: 'timeout', error: code }] },
  ])
}

describe('[G31] a provider that fails while it is called', () => {
  it.each<[CallFailure['kind'], string, string]>([
    ['unreachable', 'error', 'provider_unreachable'],
    ['reset', 'error', 'provider_unreachable'],
    ['connect_timeout', 'timeout', 'provider_timeout'],
    ['headers_timeout', 'timeout', 'provider_timeout'],
    ['bad_answer', 'error', 'provider_bad_answer'],
  ])('(%s) is followed by the next', async (kind, outcome, error) => {
    for (const stream of [true, false]) {
      await using lab = await openLab()
      const { answer, sink } = await lab.begin(stream)
      sink.onFailure({ kind, message: 'no' })
      await expectSecond(lab, answer, { outcome, error, status: null })
    }
  })
})

describe('[G31] a stream that ends', () => {
  it('with its only event, which no blank line closes, is told to be broken at once', async () => {
    await using lab = await openLab()
    const { answer, sink } = await lab.begin(true)
    sink.onHead(...STREAM_HEAD)
    sink.onData(Buffer.from(CHUNK.trimEnd()))
    sink.onEnd()
    const { text } = await answer
    expect(text).toContain('hi')
    expect(text.match(/"code":"\w+"/g)).toEqual(['"code":"provider_bad_answer"'])
    expect(lab.settled).toMatchObject([{ state: 'upstream_error', usage: { output: 1 } }])
  })

  it('without an event is followed by the next', async () => {
    await using lab = await openLab()
    const { answer, sink } = await lab.begin(true)
    sink.onHead(...STREAM_HEAD)
    sink.onData(Buffer.from(': hello\n\n'))
    sink.onEnd()
    await expectSecond(lab, answer, { outcome: 'error', error: 'provider_bad_answer', status: 200 })
  })

  it('with its end mark as the only event is passed on', async () => {
    await using lab = await openLab()
    const { answer, sink } = await lab.begin(true)
    sink.onHead(...STREAM_HEAD)
    sink.onData(Buffer.from('data: [DONE]'))
    sink.onEnd()
    expect(await answer).toEqual({ status: 200, text: 'data: [DONE]' })
  })
})

describe('[G31] a provider that hangs', () => {
  it('behind the head of a stream is left after two minutes for the next', async () => {
    await using lab = await openLab()
    const { answer, sink, isCancelled } = await lab.begin(true)
    sink.onHead(...STREAM_HEAD)
    await settleDown()
    lab.pass(120 * SECOND)
    expect(isCancelled()).toBe(false)
    lab.pass(1)
    expect(isCancelled()).toBe(true)
    await expectSecond(lab, answer, { outcome: 'timeout', error: 'provider_no_progress', status: 200 })
  })

  it('in the silence that the line itself notices, too', async () => {
    await using lab = await openLab()
    const { answer, sink } = await lab.begin(true)
    sink.onHead(...STREAM_HEAD)
    await settleDown()
    sink.onFailure({ kind: 'idle_timeout', message: 'no byte' })
    await expectSecond(lab, answer, { outcome: 'timeout', error: 'provider_no_progress' })
  })

  it('with a whole answer is left after a quarter of an hour', async () => {
    await using lab = await openLab()
    const { answer, sink, isCancelled } = await lab.begin(false)
    sink.onHead(200, { 'content-type': 'application/json' })
    sink.onData(Buffer.from(ANSWER.slice(0, 20)))
    await settleDown()
    lab.pass(900 * SECOND)
    expect(isCancelled()).toBe(false)
    lab.pass(1)
    expect(isCancelled()).toBe(true)
    await expectSecond(lab, answer, { outcome: 'timeout', error: 'provider_no_progress' })
  })

  it('and comments is passed on after ten seconds, and told of after two minutes, because nobody else can help then', async () => {
    await using lab = await openLab()
    const { answer, sink, isCancelled } = await lab.begin(true)
    sink.onHead(...STREAM_HEAD)
    sink.onData(Buffer.from(': keep-alive\n\n'))
    await settleDown()
    lab.pass(10 * SECOND + 1)
    await settleDown()
    for (let seconds = 0; seconds < 120; seconds += 10) {
      sink.onData(Buffer.from(': keep-alive\n\n'))
      lab.pass(10 * SECOND)
    }
    expect(isCancelled()).toBe(false)
    lab.pass(1)
    expect(isCancelled()).toBe(true)
    const { text } = await answer
    expect(text.startsWith(': keep-alive\n\n: keep-alive\n\n')).toBe(true)
    await expectBroken(lab, answer, 'provider_no_progress')
  })

  it.each([
    ['in silence', ''],
    ['in comments', ': keep-alive\n\n'],
  ])('between two chunks, %s, is told of after a minute', async (_what, sent) => {
    await using lab = await openLab()
    const { answer, sink, isCancelled } = await lab.begin(true)
    sink.onHead(...STREAM_HEAD)
    sink.onData(Buffer.from(CHUNK))
    await settleDown()
    for (let seconds = 0; seconds < 60; seconds += 10) {
      if (sent !== '') sink.onData(Buffer.from(sent))
      lab.pass(10 * SECOND)
    }
    expect(isCancelled()).toBe(false)
    lab.pass(1)
    expect(isCancelled()).toBe(true)
    await expectBroken(lab, answer, 'provider_no_progress')
    expect(lab.settled[0]?.usage.output).toBe(1)
  })

  it('and never ends is told of after a quarter of an hour', async () => {
    await using lab = await openLab()
    const { answer, sink } = await lab.begin(true)
    sink.onHead(...STREAM_HEAD)
    sink.onData(Buffer.from(CHUNK))
    await settleDown()
    for (let seconds = 0; seconds < 900; seconds += 30) {
      lab.pass(30 * SECOND)
      sink.onData(Buffer.from(CHUNK))
    }
    expect(lab.settled).toEqual([])
    lab.pass(1)
    await expectBroken(lab, answer, 'provider_no_progress')
  })

  it('opens its breaker at the fifth time, and the next requests go by it', async () => {
    await using lab = await openLab()
    for (let count = 0; count < 5; count += 1) {
      const { answer, sink } = await lab.begin(true)
      sink.onFailure({ kind: 'headers_timeout', message: 'no' })
      expect((await answer).status).toBe(200)
    }
    const before = lab.calls()
    const { status } = await lab.ask('chat', true).then(readTold)
    expect([status, lab.calls()]).toEqual([200, before])
    expect(lab.settled.at(-1)?.attempts).toMatchObject([{ provider: 'second' }])
  })
})

it('[R6] what comes whole is measured by its pace alone', async () => {
  const [long, short] = [openPuppet(), openPuppet()]
  const candidates = [{ model: 'long/m' }, { model: 'short/m' }]
  await using lab = await openLabGateway({
    providers: { long: long.call, short: short.call },
    routes: [{ name: 'chat', strategy: 'fastest', candidates }],
  })
  const answerAs = async ({ calls }: typeof long, [ms, tokens]: [number, number]): Promise<void> => {
    const before = calls.length
    const answer = lab.ask('chat', false)
    await settleDown()
    lab.pass(ms)
    const sink = calls.at(before)?.sink
    sink?.onHead(200, { 'content-type': 'application/json' })
    sink?.onData(Buffer.from(ANSWER.replace('"completion_tokens":1', `"completion_tokens":${tokens}`)))
    sink?.onEnd()
    expect((await answer).statusCode).toBe(200)
  }
  // What was not measured is tried first, in the order written.
  await answerAs(long, [5_000, 1_000])
  await answerAs(short, [1_000, 1])
  // A thousand tokens in five seconds are faster than one in one.
  await answerAs(long, [5_000, 1_000])
  expect(lab.settled.map(({ provider }) => provider)).toEqual(['long', 'short', 'long'])
})

describe('[G13] a server that goes away', () => {
  it.each([true, false])(
    'tells a caller whose answer has not begun (stream: %s), and asks nobody else',
    async (stream) => {
      await using lab = await openLab()
      const { answer, isCancelled } = await lab.begin(stream)
      lab.stopAll()
      const { status, text } = await answer
      expect([status, text.includes('server_shutdown'), isCancelled()]).toEqual([503, true, true])
      expect(lab.settled).toMatchObject([{ error: 'server_shutdown', attempts: [{ provider: 'first' }] }])
    },
  )
})
