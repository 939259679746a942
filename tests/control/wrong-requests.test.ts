import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBench, type Bench } from './client.ts'

let bench: Bench

beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench[Symbol.asyncDispose]())

const as = (): { session: string } => bench.owner

describe('what is wrong with a request', () => {
  it.each<[string, string, unknown, string, string | null]>([
    [
      'a field nobody knows',
      'POST /api/keys',
      { name: 'k', organisation_id: 'x' },
      'field_unknown',
      '/organisation_id',
    ],
    ['a field of another type', 'POST /api/keys', { name: 7 }, 'field_invalid', '/name'],
    [
      'a key that has expired already',
      'POST /api/keys',
      { name: 'k', expires_at: '2020-01-01T00:00:00Z' },
      'field_invalid',
      '/expires_at',
    ],
    [
      'a role that is none',
      'POST /api/people/invitations',
      { email: 'a@b.co', role: 'root' },
      'field_invalid',
      '/role',
    ],
    ['a body that is a list', 'POST /api/keys', [], 'field_invalid', '/'],
    ['a query field nobody knows', 'GET /api/requests?keys=1', undefined, 'field_unknown', '/keys'],
    ['a query field twice', 'GET /api/requests?key=1&key=2', undefined, 'field_invalid', '/key'],
    ['a page that is too large', 'GET /api/requests?limit=1000', undefined, 'field_invalid', '/limit'],
    ['a place of no page', 'GET /api/requests?after=1', undefined, 'field_invalid', '/after'],
    [
      'a span that ends before it begins',
      'GET /api/overview?from=2024-02-01&to=2024-01-01',
      undefined,
      'field_invalid',
      '/from',
    ],
    ['a day that is none', 'GET /api/leagues/activity?from=2024-02-31', undefined, 'field_invalid', '/from'],
    ['a name that pollutes', 'GET /api/requests?__proto__=1', undefined, 'field_unknown', '/__proto__'],
  ])('is told: %s', async (_what, request, body, code, param) => {
    const told = await bench.client(request as 'GET /api/', { as: as(), ...(body === undefined ? {} : { body }) })
    expect([told.status, told.code, told.body.error.param]).toEqual([400, code, param])
  })

  it('is told for what is no JSON, of another type, too large, at no path, by no method', async () => {
    const send = async (path: string, init: RequestInit, type: Record<string, string> = {}) => {
      const own = { cookie: as().session, 'x-paddock': '1', 'content-type': 'application/json' }
      const headers = { ...own, ...type }
      const answer = await fetch(bench.server.url + path, { method: 'POST', ...init, headers })
      return ((await answer.json()) as { error: { code: string } }).error.code
    }
    expect(await send('/api/keys', { body: '{' })).toBe('json_invalid')
    expect(await send('/api/keys', { body: 'name=k' }, { 'content-type': 'text/plain' })).toBe('content_type')
    expect(await send('/api/keys', { body: JSON.stringify({ name: 'x'.repeat(1_100_000) }) })).toBe('body_too_large')
    expect(await send('/api/nothing', { body: '{}' })).toBe('path_unknown')
    expect(await send('/api/keys', { method: 'PUT', body: '{}' })).toBe('method_not_allowed')
    expect(await send('/api/keys/%zz', { method: 'GET' })).toBe('path_unknown')
  })

  it('tells browsers to do nothing with an answer but read it, and allows no other origin', async () => {
    const { headers } = await bench.client('GET /api/setup', { headers: { origin: 'https://evil.example' } })
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    })
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })
})
