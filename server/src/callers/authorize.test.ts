import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { callerOf } from '../../../tests/stand-ins/caller.ts'
import { MovingClock } from '../../../tests/stand-ins/moving-clock.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import type { Clock } from '../base/clock.ts'
import { PaddockError } from '../base/errors.ts'
import { openStore } from '../store/store.ts'
import { authorize, mayCall } from './authorize.ts'
import type { Scope } from './caller.ts'
import type { Carrier } from './credentials.ts'
import { openDirectory, type Directory, type NewKey } from './directory.ts'
import { mintKey } from './key.ts'
import { callersMigrations } from './tables.ts'

const stoppedClock = (): MovingClock => new MovingClock(Date.parse('2026-11-24T00:00:00Z'))

async function openTestDirectory(
  clock: Clock,
): Promise<{ directory: Directory; [Symbol.asyncDispose](): Promise<void> }> {
  const folder = tempFolder()
  const store = openStore(join(folder.path, 'test.db'))
  await store.migrate(callersMigrations)
  return {
    directory: openDirectory({ store, clock, pepper: Buffer.alloc(32, 7) }),
    [Symbol.asyncDispose]: async () => {
      await store.close()
      folder[Symbol.dispose]()
    },
  }
}

const aKey = (more: Partial<NewKey> = {}): NewKey => ({
  name: 'test',
  scopes: ['call'],
  models: null,
  expiresAt: null,
  ...more,
})

async function outcome(
  rawHeaders: string[],
  needs: Scope,
  parts: { directory: Directory; clock: Clock } & Partial<Pick<Carrier, 'url' | 'connection'>>,
): Promise<string> {
  const { url = '/v1/models', connection } = parts
  try {
    return (await authorize({ rawHeaders, url, ...(connection && { connection }) }, needs, parts)).keyId
  } catch (thrown) {
    if (thrown instanceof PaddockError) return thrown.code
    throw thrown
  }
}

describe('the authorizer', () => {
  it('[G14] decides every carrier of a credential alike', async () => {
    const clock = stoppedClock()
    await using opened = await openTestDirectory(clock)
    const { directory } = opened
    const { id, key } = await directory.createKey(aKey())
    const parts = { directory, clock }
    const carriers = [
      ['Authorization', `Bearer ${key}`],
      ['authorization', `bearer ${key}`],
      ['x-api-key', key],
      ['X-Goog-Api-Key', key],
      ['api-key', key],
      ['Authorization', `Bearer ${key}`, 'x-api-key', key],
    ]
    for (const rawHeaders of carriers) expect(await outcome(rawHeaders, 'call', parts), rawHeaders.join(' ')).toBe(id)
    for (const rawHeaders of carriers) expect(await outcome(rawHeaders, 'admin', parts)).toBe('scope_missing')
    const other = (await directory.createKey(aKey())).key
    const conflicts = [
      ['Authorization', `Bearer ${key}`, 'x-api-key', other],
      ['Authorization', `Bearer ${key}`, 'Authorization', `Bearer ${other}`],
      ['x-api-key', key, 'x-api-key', other],
    ]
    for (const rawHeaders of conflicts) expect(await outcome(rawHeaders, 'call', parts)).toBe('credential_conflict')
  })

  it.each([
    ['no header', [], undefined, 'key_missing'],
    ['an empty key header', ['x-api-key', ''], undefined, 'key_missing'],
    ['a key in the address', [], '/v1/models?key=abc', 'key_in_query'],
    ['Bearer without a key', ['Authorization', 'Bearer '], undefined, 'key_malformed'],
    ['Basic', ['Authorization', 'Basic YTpi'], undefined, 'key_malformed'],
    ['two keys after Bearer', ['Authorization', 'Bearer a b'], undefined, 'key_malformed'],
    ['a typing error', ['x-api-key', `${mintKey().slice(0, -6)}000000`], undefined, 'key_checksum'],
    ['a key of somewhere else', ['x-api-key', mintKey()], undefined, 'key_unknown'],
  ])('refuses %s', async (_, rawHeaders, url, code) => {
    const clock = stoppedClock()
    await using opened = await openTestDirectory(clock)
    expect(
      await outcome(rawHeaders, 'call', { directory: opened.directory, clock, ...(url === undefined ? {} : { url }) }),
    ).toBe(code)
  })

  it('refuses a key from the moment it expires', async () => {
    const clock = stoppedClock()
    await using opened = await openTestDirectory(clock)
    const { id, key } = await opened.directory.createKey(aKey({ expiresAt: clock.now() + 1_000 }))
    const parts = { directory: opened.directory, clock }
    expect(await outcome(['x-api-key', key], 'call', parts)).toBe(id)
    clock.advance(1_000)
    expect(await outcome(['x-api-key', key], 'call', parts)).toBe('key_expired')
  })

  it('refuses a revoked key within two seconds, though it was known', async () => {
    const clock = stoppedClock()
    await using opened = await openTestDirectory(clock)
    const { id, key } = await opened.directory.createKey(aKey())
    const parts = { directory: opened.directory, clock }
    expect(await outcome(['x-api-key', key], 'call', parts)).toBe(id)
    await opened.directory.revokeKey(id)
    clock.advance(2_000)
    expect(await outcome(['x-api-key', key], 'call', parts)).toBe('key_revoked')
  })

  it('knows what a connection sent last, and only that, and no longer than it may', async () => {
    const clock = stoppedClock()
    await using opened = await openTestDirectory(clock)
    const { directory } = opened
    const first = await directory.createKey(aKey())
    const second = await directory.createKey(aKey())
    const parts = { directory, clock, connection: {} }
    const sent = (key: string): Promise<string> => outcome(['authorization', `Bearer ${key}`], 'call', parts)
    expect(await sent(first.key)).toBe(first.id)
    expect(await sent(second.key)).toBe(second.id)
    expect(await sent(first.key)).toBe(first.id)
    expect(await sent(`${first.key}x`)).toBe('key_malformed')
    expect(await outcome(['x-api-key', first.key, 'authorization', `Bearer ${second.key}`], 'call', parts)).toBe(
      'credential_conflict',
    )
    clock.advance(1_500)
    expect(await sent(first.key)).toBe(first.id)
    await directory.revokeKey(first.id)
    // From the first look, not from the last request.
    clock.advance(500)
    expect(await sent(first.key)).toBe('key_revoked')
    expect(await sent(first.key)).toBe('key_revoked')
  })

  it('lets an admin key do everything', async () => {
    const clock = stoppedClock()
    await using opened = await openTestDirectory(clock)
    const { id, key } = await opened.directory.createKey(aKey({ scopes: ['admin'] }))
    for (const scope of ['call', 'read', 'admin'] as const) {
      expect(await outcome(['x-api-key', key], scope, { directory: opened.directory, clock })).toBe(id)
    }
  })
})

describe('the directory', () => {
  it('puts keys of one team and user under one id, and lists them without secrets', async () => {
    const clock = stoppedClock()
    await using opened = await openTestDirectory(clock)
    const { directory } = opened
    expect(await directory.isEmpty()).toBe(true)
    const first = await directory.createKey(aKey({ name: 'one', team: 'research', user: 'ana' }))
    clock.advance(1)
    const second = await directory.createKey(
      aKey({ name: 'two', team: 'research', user: 'ana', models: ['chat', 'lab/*'] }),
    )
    const [one, two] = await Promise.all([first, second].map(({ key }) => directory.lookup(key)))
    expect(two?.caller.teamId).toBe(one?.caller.teamId)
    expect(two?.caller.userId).toBe(one?.caller.userId)
    const rows = await directory.listKeys()
    expect(rows.map(({ name, team, user, models }) => ({ name, team, user, models }))).toEqual([
      { name: 'one', team: 'research', user: 'ana', models: null },
      { name: 'two', team: 'research', user: 'ana', models: ['chat', 'lab/*'] },
    ])
    expect(JSON.stringify(rows)).not.toContain(first.key)
    expect(await directory.isEmpty()).toBe(false)
  })

  it('keeps no key in the clear', async () => {
    const clock = stoppedClock()
    await using opened = await openTestDirectory(clock)
    const { key } = await opened.directory.createKey(aKey())
    const stored = JSON.stringify(await opened.directory.listKeys())
    expect(stored).not.toContain(key.slice('sk-pdk-'.length + 13))
  })

  it('says so when there is no such key to revoke', async () => {
    const clock = stoppedClock()
    await using opened = await openTestDirectory(clock)
    await expect(opened.directory.revokeKey('nobody')).rejects.toThrow(/There is no key nobody/)
  })
})

describe('[G15] a list of models', () => {
  it.each([
    [null, 'anything', true],
    [['lab/small'], 'lab/small', true],
    [['lab/small'], 'lab/smaller', false],
    [['lab/*'], 'lab/small', true],
    [['lab/*'], 'labs/small', false],
    [['chat'], 'chat', true],
    [[], 'chat', false],
  ])('%j lets it call %s: %s', (models, name, expected) => {
    expect(mayCall(callerOf({ models }), name)).toBe(expected)
  })
})
