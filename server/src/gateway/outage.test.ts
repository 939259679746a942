import { describe, expect, it } from 'vitest'
import type { CallProvider, ProviderSink } from '../providers/call-provider.ts'
import { openLabGateway } from './fixtures/lab-gateway.ts'

/** Every provider fails, and requests keep coming: what reaches the providers, counted. */

const REQUESTS = 1_200
const PER_SECOND = 100

const FAULTS: Readonly<Record<string, (sink: ProviderSink) => void>> = {
  resets: (sink) => {
    sink.onFailure({ kind: 'reset', message: 'reset' })
  },
  hangs: (sink) => {
    sink.onFailure({ kind: 'headers_timeout', message: 'no head' })
  },
  'is overloaded': (sink) => {
    sink.onHead(503, { 'content-type': 'application/json' })
    sink.onData(Buffer.from('{"error":{"message":"busy"}}'))
    sink.onEnd()
  },
  // Says no word of when to come back, so nobody rests: what holds the calls down is the retry budget alone.
  'limits the rate': (sink) => {
    sink.onHead(429, { 'content-type': 'application/json' })
    sink.onData(Buffer.from('{"error":{"message":"slow down"}}'))
    sink.onEnd()
  },
}

describe('[R18] a total outage in which every provider', () => {
  it.each(Object.keys(FAULTS))('%s makes at most 1.2 calls of a request, and every request is told', async (fault) => {
    let calls = 0
    const call: CallProvider = (_request, sink) => {
      calls += 1
      queueMicrotask(() => FAULTS[fault]?.(sink))
      return { resume: () => undefined, cancel: () => undefined }
    }
    const candidates = ['a', 'b', 'c'].map((id) => ({ model: `${id}/m` }))
    await using lab = await openLabGateway({
      providers: { a: call, b: call, c: call },
      routes: [{ name: 'chat', candidates }],
    })
    const statuses = new Map<number, number>()
    for (let request = 0; request < REQUESTS; request += 1) {
      const response = await lab.ask('chat', request % 2 === 0)
      const status = response.statusCode ?? 0
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      response.resume()
      lab.pass(1_000 / PER_SECOND)
    }
    expect(calls).toBeGreaterThan(0)
    expect(calls / REQUESTS).toBeLessThanOrEqual(1.2)
    expect([...statuses.keys()].every((status) => [429, 502, 503, 504].includes(status))).toBe(true)
    // Every call that was made stands in an entry, and every entry has one.
    expect(lab.settled.reduce((sum, { attempts }) => sum + attempts.length, 0)).toBe(calls)
    expect(lab.settled.every(({ attempts }) => attempts.length > 0)).toBe(true)
  })
})
