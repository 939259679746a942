import { describe, expect, it } from 'vitest'
import { readError } from '../dialects/provider-error.ts'
import { PROVIDERS } from '../providers/all.ts'
import type { Provider } from '../providers/provider.ts'
import { failureOfBody, failureOfStatus } from './provider-failure.ts'

/** Errors as providers send them, each with the code and the status that callers get for it. */

function factsOf(id: string): Provider {
  const facts = PROVIDERS.find((each) => each.id === id)
  if (facts === undefined) throw new Error(`no provider ${id}`)
  return facts
}

const coded = (code: string | number, message = 'words'): object => ({ error: { code, message } })
const typed = (type: string, message = 'words'): object => ({ error: { type, message } })
const based = (code: number): object => ({ base_resp: { status_code: code, status_msg: 'words' } })
const native = (type: string, message: string, details?: object): object => ({
  type: 'error',
  error: { type, message, ...(details === undefined ? {} : { details }) },
  request_id: 'req_1',
})
const invalidArgument = (message: string, details?: readonly object[]): object => ({
  error: { code: 400, message, status: 'INVALID_ARGUMENT', details },
})

type Row = readonly [provider: string, status: number, body: object, code: string, told: number]

const MONEY: readonly Row[] = [
  ['deepseek', 402, typed('unknown_error', 'Insufficient Balance'), 'provider_out_of_money', 402],
  ['stepfun', 402, typed('payment'), 'provider_out_of_money', 402],
  [
    'google',
    402,
    { error: { code: 402, message: 'words', status: 'RESOURCE_EXHAUSTED' } },
    'provider_out_of_money',
    402,
  ],
  ['volcengine', 403, coded('AccountOverdueError'), 'provider_out_of_money', 402],
  ['moonshot', 403, typed('permission_denied_error'), 'provider_out_of_money', 402],
  ['moonshot', 429, typed('exceeded_current_quota_error'), 'provider_out_of_money', 402],
  ['openai', 429, typed('insufficient_quota', 'You exceeded your current limit'), 'provider_out_of_money', 402],
  ['openai', 429, coded('credit_balance_exhausted'), 'provider_out_of_money', 402],
  ['dashscope', 400, coded('Arrearage'), 'provider_out_of_money', 402],
  ['qianfan', 429, coded('BILLING_INSUFFICIENT_BALANCE'), 'provider_out_of_money', 402],
  ['zhipu', 429, coded('1113', '余额不足或无可用资源包,请充值。'), 'provider_out_of_money', 402],
  ['zhipu', 429, coded(1308), 'provider_out_of_money', 402],
  ['minimax', 200, based(1008), 'provider_out_of_money', 402],
  ['anthropic', 402, native('billing_error', 'words'), 'provider_out_of_money', 402],
  [
    'anthropic',
    429,
    native('rate_limit_error', 'words', { error_code: 'enforced_spend_limit_reached' }),
    'provider_out_of_money',
    402,
  ],
  [
    'anthropic',
    400,
    native('invalid_request_error', 'You have reached your specified workspace API usage limits.'),
    'provider_out_of_money',
    402,
  ],
  [
    'anthropic',
    400,
    native('invalid_request_error', 'Your credit balance is too low to access the API.'),
    'provider_out_of_money',
    402,
  ],
]

const RATE: readonly Row[] = [
  ['openai', 429, coded('rate_limit_exceeded'), 'provider_rate_limited', 429],
  ['dashscope', 429, coded('insufficient_quota'), 'provider_rate_limited', 429],
  ['dashscope', 429, coded('Throttling.AllocationQuota'), 'provider_rate_limited', 429],
  ['zhipu', 429, coded('1302'), 'provider_rate_limited', 429],
  ['zhipu', 400, coded('1305'), 'provider_rate_limited', 429],
  ['minimax', 200, based(1002), 'provider_rate_limited', 429],
  ['qianfan', 429, coded('RATE_LIMIT_EXCEEDED'), 'provider_rate_limited', 429],
  ['anthropic', 429, native('rate_limit_error', 'words'), 'provider_rate_limited', 429],
  [
    'google',
    429,
    { error: { code: 429, message: 'words', status: 'RESOURCE_EXHAUSTED' } },
    'provider_rate_limited',
    429,
  ],
]

const OVERLOAD: readonly Row[] = [
  ['anthropic', 529, native('overloaded_error', 'Overloaded'), 'provider_overloaded', 503],
  ['anthropic', 200, native('overloaded_error', 'Overloaded'), 'provider_overloaded', 503],
  ['deepseek', 503, typed('service_unavailable'), 'provider_overloaded', 503],
  ['stepfun', 503, typed('engine_overloaded'), 'provider_overloaded', 503],
  ['openai', 503, typed('server_error', 'The engine is currently overloaded'), 'provider_overloaded', 503],
  ['google', 503, [{ error: { code: 503, message: 'words', status: 'UNAVAILABLE' } }], 'provider_overloaded', 503],
  ['google', 200, { error: { code: 503, message: 'words', status: 'UNAVAILABLE' } }, 'provider_overloaded', 503],
  ['moonshot', 429, typed('engine_overloaded_error'), 'provider_overloaded', 503],
  [
    'moonshot',
    429,
    typed('x', 'The engine is currently overloaded, please try again later'),
    'provider_overloaded',
    503,
  ],
  ['dashscope', 500, typed('ServiceUnavailable', '<503> InternalError.Algo'), 'provider_overloaded', 503],
  ['zhipu', 500, coded('1234'), 'provider_overloaded', 503],
  [
    'ollama',
    500,
    { error: 'server busy, please try again.  maximum pending requests exceeded' },
    'provider_overloaded',
    503,
  ],
]

const FILTERED: readonly Row[] = [
  ['stepfun', 451, typed('censorship_blocked'), 'content_filtered', 400],
  ['volcengine', 400, coded('InputTextRiskDetection'), 'content_filtered', 400],
  ['volcengine', 400, coded('SensitiveContentDetected.Violence'), 'content_filtered', 400],
  ['dashscope', 400, coded('data_inspection_failed'), 'content_filtered', 400],
  ['zhipu', 400, coded('1301'), 'content_filtered', 400],
  ['qianfan', 200, typed('unsafe_request'), 'content_filtered', 400],
  ['minimax', 200, based(1026), 'content_filtered', 400],
  ['minimax', 200, based(1027), 'content_filtered', 400],
  ['openai', 400, coded('content_policy_violation'), 'content_filtered', 400],
]

const KEY: readonly Row[] = [
  ['openai', 401, coded('invalid_api_key'), 'provider_auth', 502],
  ['google', 403, { error: { code: 403, message: 'words', status: 'PERMISSION_DENIED' } }, 'provider_auth', 502],
  [
    'google',
    400,
    { error: { code: 400, message: 'API key not valid. Please pass a valid API key.' } },
    'provider_auth',
    502,
  ],
  ['google', 400, invalidArgument('API key expired. Please renew the API key.'), 'provider_auth', 502],
  ['google', 400, invalidArgument('API Key not found. Please pass a valid API key.'), 'provider_auth', 502],
  ['google', 400, invalidArgument('words', [{ reason: 'API_KEY_INVALID' }]), 'provider_auth', 502],
  [
    'xai',
    400,
    { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: ab***yz.' },
    'provider_auth',
    502,
  ],
  ['zhipu', 400, coded('1002'), 'provider_auth', 502],
  ['zhipu', 434, {}, 'provider_auth', 502],
  ['minimax', 200, based(1004), 'provider_auth', 502],
  ['spark', 400, coded('11200', 'AppIdNoAuthError:(the application has no authorization)'), 'provider_auth', 502],
  ['volcengine', 401, coded('AuthenticationError'), 'provider_auth', 502],
]

const REFUSED: readonly Row[] = [
  ['google', 400, invalidArgument('words', [{ reason: 'FIELD_INVALID' }]), 'provider_refused', 400],
  ['deepseek', 422, typed('invalid_request_error'), 'provider_refused', 422],
  ['volcengine', 404, coded('ModelNotOpen'), 'provider_refused', 404],
  ['openai', 400, coded('context_length_exceeded'), 'provider_refused', 400],
  ['qianfan', 400, coded('tokens_too_long'), 'provider_refused', 400],
  ['zhipu', 500, coded('1261'), 'provider_refused', 400],
  ['zhipu', 500, coded('1214'), 'provider_refused', 400],
  ['minimax', 200, based(2013), 'provider_refused', 400],
  ['anthropic', 400, native('invalid_request_error', 'max_tokens: Field required'), 'provider_refused', 400],
]

const FAILED: readonly Row[] = [
  ['minimax', 200, based(1000), 'provider_error', 502],
  ['ollama', 200, { error: 'an error was encountered while running the model' }, 'provider_error', 502],
  ['openai', 500, typed('server_error'), 'provider_error', 502],
  ['zhipu', 500, coded('1230'), 'provider_error', 502],
]

/** The numbers are those of the problems in tests/dialects/troubles.test.ts. */
const ROWS = {
  'no money (problem 15)': MONEY,
  'too fast': RATE,
  'overload (problem 17)': OVERLOAD,
  'a content filter (problem 16)': FILTERED,
  'a bad key': KEY,
  'a bad request': REFUSED,
  'a failure': FAILED,
}

describe.each(Object.entries(ROWS))('%s', (_, rows) => {
  it.each(rows)('%s, status %i, %j: %s', (provider, status, body, code, told) => {
    const facts = factsOf(provider)
    const error = readError(status, Buffer.from(JSON.stringify(body)))
    const failure =
      status === 200 ? failureOfBody(facts, error) : failureOfStatus(facts, { status, headers: {} }, error)
    expect([failure.code, failure.status]).toEqual([code, told])
    expect(failure.message).toContain(`${provider} says: ${error.message}`)
  })
})

/** What no sending again mends, and no other provider need be asked for. */
it.each([...MONEY, ...FILTERED])('%s, status %i, %j is never retried blindly', (provider, status, body) => {
  const error = readError(status, Buffer.from(JSON.stringify(body)))
  expect(failureOfStatus(factsOf(provider), { status, headers: {} }, error).spec.retryable).toBe(false)
})

describe('every failure that a provider is said to tell', () => {
  const FIXTURES = { money: MONEY, overload: OVERLOAD, filter: FILTERED }

  it.each(PROVIDERS.map((facts) => [facts.id, facts] as const))('has a fixture (%s)', (id, { failures }) => {
    const told = Object.entries(failures).filter(([, telling]) => telling === 'marked' || telling === 'common')
    const seen = Object.entries(FIXTURES).filter(([, rows]) => rows.some(([provider]) => provider === id))
    expect(seen.map(([failure]) => failure)).toEqual(told.map(([failure]) => failure))
  })
})

describe('a provider without facts of its own', () => {
  const { errors: _errors, spelling: _spelling, ...plain } = factsOf('openai')

  it.each([
    [429, 'insufficient_quota', 'provider_out_of_money'],
    [429, 'billing_error', 'provider_out_of_money'],
    [429, 'credit_balance_exhausted', 'provider_out_of_money'],
    [429, 'exceeded_current_quota_error', 'provider_out_of_money'],
    [400, 'content_filter', 'content_filtered'],
    [429, 'anything', 'provider_rate_limited'],
    [400, 'context_length_exceeded', 'provider_refused'],
  ])('is understood by common names: %i %s is %s', (status, type, code) => {
    const error = { message: 'words', type, code: null, reason: null, param: null }
    expect(failureOfStatus(plain, { status, headers: {} }, error).code).toBe(code)
  })

  it('passes on which field was refused', () => {
    const error = { message: 'words', type: null, code: null, reason: null, param: 'temperature' }
    expect(failureOfStatus(plain, { status: 400, headers: {} }, error).detail.param).toBe('temperature')
  })
})

describe('how long to wait', () => {
  const date = 'Tue, 24 Nov 2026 08:00:00 GMT'
  const wait = (headers: Record<string, string>): number | undefined => {
    const error = { message: 'words', type: null, code: null, reason: null, param: null }
    return failureOfStatus(factsOf('openai'), { status: 429, headers }, error).detail.retryAfterSeconds
  }

  it.each([
    ['nothing is said', {}, 5],
    ['in seconds', { 'retry-after': '7' }, 7],
    ['in parts of a second', { 'retry-after': '0.2' }, 1],
    ['at once', { 'retry-after': '0' }, 0],
    ['no longer than ten minutes', { 'retry-after': '86400' }, 600],
    ['in milliseconds, which are more exact', { 'retry-after-ms': '1500', 'retry-after': '60' }, 2],
    ['until a date', { 'retry-after': 'Tue, 24 Nov 2026 08:00:42 GMT', date }, 42],
    ['until a date far away', { 'retry-after': 'Tue, 01 Dec 2026 00:00:00 GMT', date }, 600],
    ['until a date that has passed', { 'retry-after': 'Tue, 24 Nov 2026 07:00:00 GMT', date }, 0],
    ['until a date, by a clock nobody knows', { 'retry-after': 'Tue, 24 Nov 2026 08:00:42 GMT' }, 5],
    ['a negative number', { 'retry-after': '-3' }, 5],
    ['a year', { 'retry-after': '2026-11-24', date }, 5],
    ['words', { 'retry-after': 'soon', 'retry-after-ms': 'now', date }, 5],
  ])('%s', (_, headers, seconds) => {
    expect(wait(headers)).toBe(seconds)
  })
})
