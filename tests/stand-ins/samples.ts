import type { Decimal } from '@paddock/contract/decimal'
import type { EntryRecord } from '@paddock/contract/entry'
import type { Usage } from '@paddock/contract/usage'
import type { Clock } from '../../server/src/base/clock.ts'
import type { Intent } from '../../server/src/books/entry.ts'
import type { PriceUsage } from '../../server/src/books/orphan.ts'

/** The instant at which tests begin. */
export const NOON = Date.parse('2024-05-21T12:00:00.000Z')

export const HOLD: Usage = {
  input: 1_000,
  cached_input: 0,
  cache_write: 0,
  cache_write_1h: 0,
  output: 4_096,
  reasoning: 0,
}

/** A clock that stands still until it is moved. */
export function stoppedClock(): Clock & { move(ms: number): void } {
  let moved = 0
  return {
    now: () => NOON + moved,
    elapsed: () => moved,
    move: (ms) => {
      moved += ms
    },
  }
}

export function intentOf(id: string, changes: Partial<Intent> = {}): Intent {
  return {
    id,
    at: '2024-05-21T12:00:00.000Z',
    organisation_id: 'org',
    team_id: 'team',
    user_id: null,
    key_id: 'key-1',
    end_user: null,
    endpoint: '/v1/chat/completions',
    stream: true,
    route: 'chat',
    provider: 'lab',
    model: 'small',
    priced_as_of: '2024-05-21T00:00:00.000Z',
    practice: false,
    app: null,
    hold: HOLD,
    ...changes,
  }
}

export function entryFor(id: string, changes: Partial<EntryRecord> = {}): EntryRecord {
  const { hold: _hold, ...known } = intentOf(id)
  return {
    ...known,
    kind: 'request',
    adjusts: null,
    reason: null,
    ended_at: '2024-05-21T12:00:02.000Z',
    state: 'ok',
    error: null,
    answered_model: 'small-2024-05-01',
    provider_request_id: 'chatcmpl-1',
    usage: { input: 900, cached_input: 100, cache_write: 0, cache_write_1h: 0, output: 250, reasoning: 0 },
    usage_source: 'provider',
    usage_method: 'usage',
    cost: money('0.001420000000', 'CNY'),
    charge: money('0.001420000000', 'CNY'),
    price_rows: ['lab/small@CNY:2024-01-01'],
    first_byte_ms: 120,
    duration_ms: 2_000,
    attempts: [
      {
        provider: 'lab',
        model: 'small',
        outcome: 'ok',
        status: 200,
        error: null,
        started_at: '2024-05-21T12:00:00.003Z',
        duration_ms: 1_990,
      },
    ],
    ...changes,
  }
}

export function money(amount: string | null, currency: string | null): EntryRecord['cost'] {
  return { amount: amount as Decimal | null, currency }
}

/** One CNY for a thousand output tokens, and nothing else. */
export const priceOutput: PriceUsage = (_intent, usage) => {
  const amount =
    `${Math.floor(usage.output / 1000)}.${String(usage.output % 1000).padStart(3, '0')}000000000` as Decimal
  const money = { amount, currency: 'CNY' }
  return { state: 'priced', ...money, rows: ['lab/small@CNY:2024-01-01'], lines: [], notes: [], charge: money }
}
