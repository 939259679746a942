import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PaddockError } from '../../server/src/base/errors.ts'
import { CALLER_DIALECTS } from '../../server/src/dialects/all.ts'
import { readJson } from '../../server/src/dialects/json-text.ts'
import { SseSplitter } from '../../server/src/dialects/sse.ts'
import { CONVERSATION } from './conversations.ts'
import { between, CALLERS, events, fixture, PROVIDERS, relayed } from './stage.ts'

/** What nobody should send, and somebody will: it is understood or refused, and nothing else happens. */

/** Names every object answers to, though nobody gave them to it. */
const INHERITED = ['toString', 'constructor', '__proto__', 'hasOwnProperty'] as const

/** A place in a JSON value, by how often to descend and where, and what stands there instead. */
const change = fc.record({
  turns: fc.array(fc.nat(), { maxLength: 8 }),
  instead: fc.oneof({ weight: 4, arbitrary: fc.jsonValue({ maxDepth: 2 }) }, fc.constantFrom(...INHERITED)),
})
type Change = { readonly turns: readonly number[]; readonly instead: unknown }

function changed(value: unknown, { turns, instead }: Change): unknown {
  const [turn, ...others] = turns
  if (turn === undefined || typeof value !== 'object' || value === null) return instead
  const keys = Object.keys(value)
  const key = keys[turn % Math.max(keys.length, 1)]
  if (key === undefined) return instead
  const inner = changed((value as Record<string, unknown>)[key], { turns: others, instead })
  return Array.isArray(value)
    ? value.map((each: unknown, index) => (String(index) === key ? inner : each))
    : { ...value, [key]: inner }
}

function orRefused(act: () => void): void {
  try {
    act()
  } catch (thrown) {
    if (!(thrown instanceof PaddockError)) throw thrown
  }
}

describe('anything', () => {
  it.each(PROVIDERS)('in the stream of a provider of %s', (provider) => {
    const payloads = new SseSplitter()
      .push(fixture(`${provider}.calls.sse`))
      .flatMap(({ data }) =>
        data === null || data.toString() === '[DONE]' ? [] : [JSON.parse(data.toString()) as object],
      )
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 3 }), (changes) => {
        const stream: unknown[] = payloads.slice()
        for (const [at, each] of changes) stream[at % stream.length] = changed(stream[at % stream.length], each)
        for (const caller of CALLERS) {
          const relay = between(caller, provider, { facts: { irregular: true } }).openStream()
          orRefused(() => relayed(relay, [events(stream as object[])]))
          expect(relay.fail(new PaddockError('internal', { message: 'x' })).length).toBeGreaterThan(0)
        }
      }),
      { numRuns: 60 },
    )
  })

  it.each(PROVIDERS)('in the whole answer of a provider of %s', (provider) => {
    const answer: unknown = JSON.parse(fixture(`${provider}.calls.json`).toString())
    fc.assert(
      fc.property(change, (each) => {
        const bytes = Buffer.from(JSON.stringify(changed(answer, each)))
        for (const caller of CALLERS) {
          orRefused(() => {
            const told = between(caller, provider, { facts: { irregular: true } }).readAnswer(bytes)
            expect(() => JSON.parse(told.held().toString()) as unknown).not.toThrow()
          })
        }
      }),
      { numRuns: 150 },
    )
  })

  it.each(CALLERS)('in the request of a caller of %s', (caller) => {
    fc.assert(
      fc.property(change, (each) => {
        const request = changed(CONVERSATION[caller], each) as object
        orRefused(() => {
          CALLER_DIALECTS[caller].readRequest(readJson(Buffer.from(JSON.stringify(request))))
          for (const provider of PROVIDERS) {
            const { body } = between(caller, provider, { request, facts: { irregular: true } })
            expect(() => JSON.parse(body.toString()) as unknown).not.toThrow()
          }
        })
      }),
      { numRuns: 400 },
    )
  })
})
