import { describe, expect, it } from 'vitest'
import { isContentFilter } from '../../server/src/dialects/content-filter.ts'
import type { CallerDialectName, DialectName } from '../../server/src/dialects/dialect-name.ts'
import { readError } from '../../server/src/dialects/provider-error.ts'
import { between, bytes, CALLERS, events, FACTS, fixture, relayed, wholeIn } from './stage.ts'

/**
 * Answers that are none: failures that look like success, and refusals that look like failures.
 *
 * Seventeen problems that translation between providers is known for, and where each is kept from coming back; the tests
 * have the number in their titles.
 *
 *  1 cached tokens inside or outside of the prompt          usage.test.ts, conformance/pairs.test.ts
 *  2 reasoning inside or outside of the output              usage.test.ts, conformance/pairs.test.ts
 *  3 names of cached tokens                                 usage.test.ts
 *  4 usage of streams, asked for and not shown              usage.test.ts, flow/openai-sdk.test.ts
 *  5 streams whose caller hangs up                          flow/abort.test.ts
 *  6 cumulative usage, and none at the beginning            usage.test.ts
 *  7 usage that is absent, zero or in every chunk           usage.test.ts
 *  8 fields that hold reasoning                             reasoning.test.ts
 *  9 reasoning and signatures that are wanted back          reasoning.test.ts, conformance/ai-sdk.test.ts
 * 10 thinking inside of text, a message that begins twice   reasoning.test.ts
 * 11 switches for reasoning                                 reasoning.test.ts
 * 12 tool calls numbered -1, as objects, with no end        calls.test.ts
 * 13 parameters that are refused                            calls.test.ts
 * 14 errors with status 200, in lists, flat                 this file, server/src/dialects/openai-chat/errors.test.ts
 * 15 no money that looks like something else                server/src/gateway/provider-failure.test.ts
 * 16 content filters, which are nobody's fault              this file, provider-failure.test.ts
 * 17 overload that looks like something else                provider-failure.test.ts
 */

describe('errors with status 200 (problem 14)', () => {
  const FAILURES: readonly [DialectName, object][] = [
    ['openai-chat', { base_resp: { status_code: 1008, status_msg: 'no balance' } }],
    ['openai-chat', { error: 'no balance', code: 'x' }],
    [
      'openai-responses',
      {
        id: 'r',
        object: 'response',
        status: 'failed',
        error: { code: 'server_error', message: 'no balance' },
        output: [],
      },
    ],
    ['anthropic-messages', { type: 'error', error: { type: 'overloaded_error', message: 'no balance' } }],
    ['gemini', { error: { code: 429, message: 'no balance', status: 'RESOURCE_EXHAUSTED' } }],
  ]
  it.each(FAILURES)('of %s are seen in %j, whole and streamed', (provider, failure) => {
    for (const caller of CALLERS as readonly CallerDialectName[]) {
      const translation = between(caller, provider)
      expect(translation.readAnswer(bytes(failure)).seen).toMatchObject({
        error: { message: 'no balance' },
        hasEnded: false,
      })
      const relay = translation.openStream()
      const told = relayed(relay, [events([failure])])
      expect(relay.seen).toMatchObject({ error: { message: 'no balance' }, hasEnded: false })
      expect([told, relay.held()]).toEqual(['', null])
    }
  })

  it('is seen in response.failed', () => {
    const failed = { type: 'response.failed', response: { status: 'failed', error: { code: 'x', message: 'no luck' } } }
    const relay = between('anthropic-messages', 'openai-responses').openStream()
    relayed(relay, [events([failed])])
    expect(relay.seen).toMatchObject({ error: { message: 'no luck', code: 'x' }, hasEnded: false })
  })

  it('is a stream that breaks off', () => {
    for (const provider of ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const) {
      const stream = fixture(`${provider}.text.sse`)
      const relay = between('openai-chat', provider).openStream()
      relayed(relay, [stream.subarray(0, stream.lastIndexOf('data:'))])
      expect([provider, relay.held(), relay.seen.hasEnded]).toEqual([provider, null, false])
    }
  })
})

describe('content filters (problem 16)', () => {
  it.each<[status: number, body: object, filterCodes: string[], isFilter: boolean]>([
    [451, { error: { message: 'no' } }, [], true],
    [400, { error: { message: 'no', code: 'content_filter' } }, [], true],
    [400, { error: { message: 'no', code: 'InputTextRiskDetection' } }, ['InputTextRiskDetection'], true],
    [200, { base_resp: { status_code: 1026, status_msg: 'no' } }, ['1026'], true],
    [400, { error: { message: 'no', type: 'invalid_request_error' } }, ['1026'], false],
    [429, { error: { message: 'slow down', code: 'rate_limit' } }, [], false],
  ])('with %i and %j are told from failures', (status, body, filterCodes, isFilter) => {
    expect(isContentFilter(status, readError(status, bytes(body)), { ...FACTS, filterCodes })).toBe(isFilter)
  })

  it.each<[DialectName, answer: object]>([
    ['openai-chat', { choices: [{ message: { content: '' }, finish_reason: 'content_filter' }] }],
    ['openai-responses', { status: 'incomplete', incomplete_details: { reason: 'content_filter' }, output: [] }],
    ['anthropic-messages', { content: [], stop_reason: 'refusal' }],
    ['gemini', { candidates: [{ finishReason: 'SAFETY' }] }],
    ['gemini', { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }],
  ])('are why an answer of %s ends, in every dialect: %j', (provider, answer) => {
    for (const caller of CALLERS) {
      const told = between(caller, provider).readAnswer(bytes(answer)).held()
      expect(wholeIn(caller, told).stop).toBe('filtered')
    }
  })
})
