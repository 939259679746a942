import { API } from '@paddock/contract/control/api'
import { describe, expect, it } from 'vitest'
import { buildEndpointTable } from './endpoint-table.ts'
import type { ApiHandlers } from './handlers.ts'

/** A handler for each endpoint that says which one it is. */
const handlers = Object.fromEntries(
  Object.entries(API).map(([subject, endpoints]) => [
    subject,
    Object.fromEntries(Object.keys(endpoints).map((verb) => [verb, () => `${subject}.${verb}`])),
  ]),
) as unknown as ApiHandlers

describe('the table of endpoints', () => {
  const table = buildEndpointTable(handlers)

  it.each([
    ['GET', '/api/requests', 'requests.list', {}],
    ['GET', '/api/requests/live', 'requests.live', {}],
    ['GET', '/api/requests/0190', 'requests.find', { id: '0190' }],
    ['GET', '/api/people/invitations', 'people.invitations', {}],
    ['PATCH', '/api/people/invitations', 'method_not_allowed', {}],
    ['DELETE', '/api/people/invitations/a%2Fb', 'people.withdraw', { id: 'a/b' }],
    ['GET', '/api/keys/', 'path_unknown', {}],
    ['GET', '/api/keys/1/2', 'path_unknown', {}],
    ['GET', '/api/constructor', 'path_unknown', {}],
    ['GET', '/api/keys/%', 'path_unknown', {}],
    ['HEAD', '/api/keys', 'method_not_allowed', {}],
  ])('finds for %s %s: %s', (method, path, name, params) => {
    try {
      const found = table.find(method, path)
      expect([found.name, found.params]).toEqual([name, params])
    } catch (thrown) {
      expect((thrown as { code?: string }).code).toBe(name)
    }
  })

  it('is not built where an endpoint has no handler', () => {
    const { revoke: _, ...keys } = handlers.keys
    expect(() => buildEndpointTable({ ...handlers, keys } as unknown as ApiHandlers)).toThrow(
      'keys.revoke has a handler',
    )
  })
})
