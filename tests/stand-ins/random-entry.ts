import { ENTRY_STATES, type EntryRecord } from '@paddock/contract/entry'
import { EXTRA_COUNTERS } from '@paddock/contract/usage'
import fc from 'fast-check'
import { entryFor, money, NOON } from './samples.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const nullable = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value, { nil: null })
const count = fc.oneof(
  fc.nat(200_000),
  fc.nat(1_000_000).map((value) => value * 1_000_000),
)
const instant = fc.integer({ min: NOON - 90_000_000, max: NOON + 90_000_000 }).map((at) => new Date(at).toISOString())

/** Up to nine million with twelve decimals: most of them beyond what a double holds exactly. */
const amount = fc
  .tuple(fc.bigInt({ min: -9_000_000n, max: 8_999_999n }), fc.bigInt({ min: 0n, max: 999_999_999_999n }))
  .map(([whole, pico]) => `${whole}.${String(pico).padStart(12, '0')}`)
  .filter((written) => !written.startsWith('-0.') || /[1-9]/.test(written))
const priced = fc
  .tuple(amount, fc.constantFrom('CNY', 'USD', 'EUR'))
  .map(([written, currency]) => money(written, currency))
const cost = fc.oneof({ weight: 9, arbitrary: priced }, { weight: 1, arbitrary: fc.constant(money(null, null)) })

/** How it took part in a race, where it did. */
const trial = nullable(fc.record({ race: text, arm: text, unit: text, phase: fc.nat(9), mirror_of: nullable(text) }))

/** Any entry with this id that the books must keep as it is. */
export function randomEntry(id: string): fc.Arbitrary<EntryRecord> {
  return fc
    .record({
      at: instant,
      ended_at: instant,
      priced_as_of: instant,
      state: fc.constantFrom(...ENTRY_STATES),
      error: nullable(text),
      organisation_id: text,
      team_id: fc.constantFrom('team-1', 'team-2'),
      user_id: nullable(text),
      key_id: fc.constantFrom('key-1', 'key-2', '=1+1'),
      end_user: nullable(text),
      stream: fc.boolean(),
      route: nullable(fc.constantFrom('chat', 'cheap')),
      provider: fc.constantFrom('lab', 'other'),
      model: fc.constantFrom('small', 'large', 'a/b'),
      answered_model: nullable(text),
      provider_request_id: nullable(text),
      usage: fc.record(
        {
          input: count,
          cached_input: count,
          cache_write: count,
          cache_write_1h: count,
          output: count,
          reasoning: count,
          extra: fc.dictionary(fc.constantFrom(...EXTRA_COUNTERS), count, { maxKeys: 3, noNullPrototype: true }),
        },
        { requiredKeys: ['input', 'cached_input', 'cache_write', 'cache_write_1h', 'output', 'reasoning'] },
      ),
      usage_source: fc.constantFrom('provider', 'counted', 'estimated', 'cache'),
      cost,
      charge: cost,
      price_rows: fc.array(text, { maxLength: 3 }),
      practice: fc.boolean(),
      app: nullable(text),
      first_byte_ms: nullable(fc.nat()),
      duration_ms: fc.nat(),
    })
    .chain((changes) => trial.map((took) => ({ ...changes, ...(took === null ? {} : { trial: took }) })))
    .map((changes) => entryFor(id, changes as Partial<EntryRecord>))
}
