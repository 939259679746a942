import type { EntryRecord } from '@paddock/contract/entry'
import { describe, expect, it } from 'vitest'
import { sharedTestbed } from '../testbed.ts'

/** What fails before it has said a word is tried at the next candidate; what the caller did wrong is not. */

type Case = readonly [script: string, code: string]

/** Faults a stream and a whole answer have alike. */
const EITHER: readonly Case[] = [
  ['reset_headers', 'provider_unreachable'],
  ['html', 'provider_bad_answer'],
  ['500', 'provider_error'],
  ['503', 'provider_overloaded'],
  ['529', 'provider_overloaded'],
  ['429+retryAfter=20', 'provider_rate_limited'],
  ['402', 'provider_out_of_money'],
  ['401', 'provider_auth'],
  ['307+location=http://127.0.0.1:9/', 'provider_bad_answer'],
]
/** Faults behind a good head, and before the first event. */
const STREAMED: readonly Case[] = [
  ['error_in_stream+faultAt=-1', 'provider_error'],
  ['truncated_json+faultAt=-1', 'provider_bad_answer'],
  ['reset_stream+faultAt=-1', 'provider_unreachable'],
  ['close_stream+faultAt=-1', 'provider_unreachable'],
  // As many providers cut their streams: in the middle of a line, with a carriage return, behind a byte order mark.
  ['error_in_stream+faultAt=-1+split=bytes+lineEnd=cr+bom=true', 'provider_error'],
  ['truncated_json+faultAt=-1+split=bytes+lineEnd=crlf', 'provider_bad_answer'],
]
/** Of a whole answer nothing is passed on before it is there. */
const WHOLE: readonly Case[] = [
  ['error_in_stream', 'provider_error'],
  ['truncated_json', 'provider_bad_answer'],
  ['reset_stream', 'provider_unreachable'],
  ['close_stream', 'provider_unreachable'],
]
const REFUSED: readonly (readonly [script: string, status: number, code: string])[] = [
  ['400', 400, 'provider_refused'],
  ['413', 413, 'provider_refused'],
  ['422', 422, 'provider_refused'],
  ['451', 400, 'content_filtered'],
]

const SCRIPTS = [...new Set([...EITHER, ...STREAMED, ...WHOLE, ...REFUSED].map(([script]) => script))]
/** Of the route and of the provider it leads to first: one for each case, so that no breaker and no budget is shared. */
const nameOf = (script: string, stream: boolean): string => `${stream ? 'stream' : 'whole'}${SCRIPTS.indexOf(script)}`
const NAMES = SCRIPTS.flatMap((script) => [true, false].map((stream) => ({ script, name: nameOf(script, stream) })))

const testbed = sharedTestbed((url) => [
  'providers:',
  ...NAMES.map(({ name }) => `  ${name}: { base_url: "${url}", api_key: any }`),
  `  sound: { base_url: "${url}", api_key: any }`,
  'prices:',
  '  - { model: sound/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
  'routes:',
  ...NAMES.map(
    ({ script, name }) =>
      `  - { name: ${name}, candidates: [{ model: "${name}/a+${script}" }, { model: sound/small }] }`,
  ),
])

type Asked = { readonly status: number; readonly text: string; readonly entry: EntryRecord }

async function ask(script: string, stream: boolean): Promise<Asked> {
  const { post, entry } = testbed()
  const model = nameOf(script, stream)
  const response = await post({ model, stream, messages: [{ role: 'user', content: 'a question' }] })
  return { status: response.status, text: await response.text(), entry: await entry(response) }
}

const cases = [
  ...EITHER.flatMap(([script, code]) => [true, false].map((stream) => [script, stream, code] as const)),
  ...STREAMED.map(([script, code]) => [script, true, code] as const),
  ...WHOLE.map(([script, code]) => [script, false, code] as const),
]

describe('[G12] [G31] what fails before its first word', () => {
  it.each(cases)('by %s (stream: %s) is answered by the next, and nobody sees it', async (script, stream, code) => {
    const { status, text, entry } = await ask(script, stream)
    expect(status).toBe(200)
    expect(text).toContain('w4')
    expect(text).not.toContain('error')
    expect(text.includes('[DONE]')).toBe(stream)
    expect(entry).toMatchObject({ state: 'ok', error: null, provider: 'sound', usage: { input: 12, output: 5 } })
    expect(entry.cost).toEqual({ amount: '0.000022000000', currency: 'CNY' })
    expect(entry.attempts).toMatchObject([
      { provider: nameOf(script, stream), outcome: 'error', error: code },
      { provider: 'sound', outcome: 'ok', error: null },
    ])
  })
})

describe('[G12] [R13] what the caller did wrong', () => {
  it.each(REFUSED)(
    'and is refused with %s is told as %i %s, and nobody else is asked',
    async (script, status, code) => {
      for (const stream of [true, false]) {
        const asked = await ask(script, stream)
        expect([asked.status, asked.entry.error]).toEqual([status, code])
        expect(asked.entry.attempts).toHaveLength(1)
      }
    },
  )
})
