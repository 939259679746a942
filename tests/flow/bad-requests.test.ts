import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { sharedTestbed } from '../testbed.ts'
import { SPELLINGS } from './endpoints.ts'

/** Requests that are wrong before their body is: framing, addresses, keys. */

const testbed = sharedTestbed((url) => [
  'providers:',
  `  lab: { base_url: "${url}", api_key: any, models: [small, large] }`,
  'routes: [{ name: chat, candidates: [{ model: lab/large }] }]',
])

const chat = (more: object): string =>
  JSON.stringify({ model: 'lab/large', messages: [{ role: 'user', content: 'x' }], ...more })

type Answer = { status: number; error: { message: string; code: string } }

/** Sends raw bytes and returns all that comes back until the connection closes. */
async function raw(head: string, body = ''): Promise<string> {
  const { hostname, port } = new URL(testbed().server.url)
  const socket = connect(Number(port), hostname)
  socket.write(head.replaceAll('\n', '\r\n') + body)
  let text = ''
  socket.on('data', (part: Buffer) => (text += part.toString()))
  socket.on('error', () => undefined)
  await once(socket, 'close')
  return text
}

const head = (more: string): string =>
  `POST /v1/chat/completions HTTP/1.1\nHost: here\nAuthorization: Bearer ${testbed().key}\nContent-Type: application/json\nConnection: close\n${more}\n\n`

describe('[G17] bad framing', () => {
  it.each(['33554433', '9223372036854775808'])(
    'a body announced as %s bytes is refused before it is read',
    async (length) => {
      expect(await raw(head(`Content-Length: ${length}`))).toMatch(
        /^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*body_too_large/i,
      )
    },
  )

  it('a chunked body is refused at the byte that crosses', async () => {
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`
    expect(await raw(head('Transfer-Encoding: chunked'), chunk.repeat(33))).toMatch(
      /^HTTP\/1\.1 413 [\s\S]*body_too_large/,
    )
  })

  it.each([
    [
      'an absolute target',
      'GET http://evil.example/v1/models HTTP/1.1\nHost: here\nConnection: close\n\n',
      /^HTTP\/1\.1 404 [\s\S]*path_unknown/,
    ],
    [
      'a double slash',
      'GET //v1/models HTTP/1.1\nHost: here\nConnection: close\n\n',
      /^HTTP\/1\.1 404 [\s\S]*path_unknown/,
    ],
    [
      'a strange host',
      'GET /v1/models HTTP/1.1\nHost: evil.com/?a=\nConnection: close\n\n',
      /^HTTP\/1\.1 400 [\s\S]*host_invalid/,
    ],
    ['TRACE', 'TRACE /v1/models HTTP/1.1\nHost: here\nConnection: close\n\n', /^HTTP\/1\.1 405 [\s\S]*allow: GET/i],
    ['no HTTP at all', 'hello\n\n', /^HTTP\/1\.1 400 /],
    [
      'large headers',
      `GET /v1/models HTTP/1.1\nHost: here\nX-Big: ${'x'.repeat(17_000)}\n\n`,
      /^HTTP\/1\.1 431 [\s\S]*header_too_large/,
    ],
  ])('%s', async (_what, bytes, expected) => {
    expect(await raw(bytes)).toMatch(expected)
  })

  it.each([
    ['two lengths', 'Content-Length: 1\nContent-Length: 2'],
    ['length and chunks', 'Content-Length: 1\nTransfer-Encoding: chunked'],
  ])('%s', async (_what, lines) => {
    expect(await raw(head(lines))).toMatch(/^HTTP\/1\.1 400 /)
  })
})

describe.each(SPELLINGS)('[G17] keys at $path', (of) => {
  const ask = async (headers: Record<string, string>, query = ''): Promise<Answer> => {
    const response = await fetch(testbed().server.url + of.path + query, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(of.ask()),
    })
    return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) }
  }
  const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })
  const refuses = async (asked: Promise<Answer>, code: string, says: RegExp, status = 401): Promise<void> => {
    const answer = await asked
    expect(answer).toMatchObject({ status, error: { code } })
    expect(answer.error.message).toMatch(says)
  }
  const BOTH = /Authorization: Bearer <key>.*x-api-key: <key>/

  it.each([
    ['56: no key', {}, 'key_missing', BOTH],
    ['57: an empty one', { authorization: 'Bearer' }, 'key_malformed', /must read "Bearer <key>"/],
    ['57: another scheme', { authorization: 'Basic dTpw' }, 'key_malformed', /must read "Bearer <key>"/],
    ['57: a key with a space', bearer('sk-pdk-a b'), 'key_malformed', /one key and nothing after it/],
    ['57: half a key', bearer('sk-pdk-abc'), 'key_malformed', /has 58 characters/],
    ['59: the key of a provider', bearer('sk-proj-0123456789abcdef'), 'key_foreign', /looks like a provider's key/],
    ['59: that of another', { 'x-goog-api-key': 'AIzaSyA0123456789' }, 'key_foreign', /looks like a provider's key/],
    ['61: SQL', bearer("'OR1=1--"), 'key_malformed', /starts with sk-pdk-/],
  ])('%s', async (_what, headers, code, says) => {
    await refuses(ask(headers), code, says)
    expect(testbed().server.log()).not.toMatch(/sk-proj-0123|AIzaSyA0/)
  })

  it('58, 60: a key with a slip of the pen, and one that was revoked', async () => {
    const { workspace, key } = testbed()
    const slipped = key.slice(0, -7) + (key.at(-7) === 'a' ? 'b' : 'a') + key.slice(-6)
    await refuses(ask(bearer(slipped)), 'key_checksum', /typing error.*Copy it again/)
    const revoked = await workspace.makeKey()
    await workspace.run(['keys', 'revoke', revoked.id])
    await refuses(ask(bearer(revoked.key)), 'key_revoked', /revoked/)
  })

  it('62, 63: two different keys, or one in the address', async () => {
    const { key } = testbed()
    await refuses(ask({ ...bearer(key), 'x-api-key': 'another' }), 'credential_conflict', /two different keys/, 400)
    await refuses(ask({}, `?key=${key}`), 'key_in_query', /ends up in logs.*replace this key/)
    expect(testbed().server.log()).not.toContain(key)
  })
})

describe('[G17] bad addresses and keys', () => {
  const get = async (path: string): Promise<Answer> => {
    const { server, key } = testbed()
    const response = await fetch(server.url + path, { headers: { 'x-api-key': key } })
    return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) }
  }

  it.each([
    ['/v1/chat/completion', 404, 'path_unknown', /\/v1\/chat\/completions/],
    ['/v1/chat/completions', 405, 'method_not_allowed', /POST/],
    ['/nowhere', 404, 'path_unknown', /\/v1\/models/],
    ['/v1/models/%E0%A4%A', 404, 'path_unknown', /hexadecimal/],
    ['/v1/generation?id=1', 400, 'id_invalid', /x-request-id/],
    ['/v1/generation?id=0199c1f0-0000-7000-8000-000000000000', 404, 'generation_unknown', /no request of this id/],
  ])('%s', async (path, status, code, says) => {
    const answer = await get(path)
    expect(answer).toMatchObject({ status, error: { code } })
    expect(answer.error.message).toMatch(says)
  })

  it('[G1] says nothing of the body to a caller without a key', async () => {
    const response = await fetch(`${testbed().server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{',
    })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { code: 'key_missing' } })
  })

  it.each([
    ['lab/small', { 'lab/small': 200, small: 200, 'lab/large': 403, large: 403, chat: 403 }],
    ['small', { 'lab/small': 403, small: 200, 'lab/large': 403, large: 403, chat: 403 }],
  ])('[G15] keeps a key for %s to its models, and lists what it may call', async (allowed, statuses) => {
    const { workspace, server, post } = testbed()
    const { key: narrow } = await workspace.makeKey('--models', allowed)
    const listed = await fetch(`${server.url}/v1/models`, { headers: { 'x-api-key': narrow } })
    expect(await listed.json()).toMatchObject({ data: [{ id: allowed }] })
    for (const [model, status] of Object.entries(statuses)) {
      const response = await post(chat({ model }), { key: narrow })
      expect(response.status, model).toBe(status)
      await response.text()
    }
  })

  it("[G16] keeps a key from seeing another key's entry", async () => {
    const { workspace, server, key, post } = testbed()
    const { key: mine } = await workspace.makeKey()
    const { key: colleague } = await workspace.makeKey('--scopes', 'call,read')
    const { key: stranger } = await workspace.makeKey('--team', 'elsewhere', '--scopes', 'call,read')
    const answer = await post(chat({}), { key: mine })
    await answer.text()
    const look = async (token: string): Promise<number> =>
      (
        await fetch(`${server.url}/v1/generation?id=${answer.headers.get('x-request-id') ?? ''}`, {
          headers: { 'x-api-key': token },
        })
      ).status
    expect(await look(mine)).toBe(200)
    expect(await look(colleague)).toBe(200)
    expect(await look(server.started.firstKeys?.admin ?? '')).toBe(200)
    expect(await look(key)).toBe(404)
    expect(await look(stranger)).toBe(404)
  })
})
