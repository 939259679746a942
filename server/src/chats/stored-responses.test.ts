import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MovingClock } from '../../../tests/stand-ins/moving-clock.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import type { StoredResponse } from '../dialects/openai-responses/stored.ts'
import { openStore } from '../store/store.ts'
import { SqlStoredResponses, type StoredResponsesLimits } from './stored-responses.ts'
import { chatsMigrations } from './tables.ts'

const DAY_MS = 86_400_000
const LIMITS: StoredResponsesLimits = { keptMs: 30 * DAY_MS, bytesMax: 1_000, organisationBytesMax: 3_000 }

type Opened = AsyncDisposable & {
  readonly responses: SqlStoredResponses
  readonly clock: MovingClock
  limits: StoredResponsesLimits
  save(id: string, more?: { bytes?: number; organisationId?: string }): Promise<boolean>
  found(...ids: string[]): Promise<string[]>
}

async function openResponses(): Promise<Opened> {
  const folder = tempFolder()
  const store = openStore(join(folder.path, 'paddock.db'))
  await store.migrate(chatsMigrations)
  const clock = new MovingClock(Date.parse('2026-01-01'))
  const open: Opened = {
    clock,
    limits: LIMITS,
    responses: new SqlStoredResponses({ store, clock, limits: () => open.limits }),
    save: (id: string, { bytes = 500, organisationId = 'o' } = {}) => {
      clock.advance(1)
      return open.responses.save(stored(id, { bytes, organisationId, createdAt: clock.now() }))
    },
    found: async (...ids: string[]) => {
      const all = await Promise.all(ids.map((id) => open.responses.find(id)))
      return all.flatMap((each) => each?.id ?? [])
    },
    [Symbol.asyncDispose]: async () => {
      await store.close()
      folder[Symbol.dispose]()
    },
  }
  return open
}

function stored(id: string, of: { bytes: number; organisationId: string; createdAt: number }): StoredResponse {
  const input = '[]'
  const response = 'é'.repeat((of.bytes - input.length) / 2)
  return { id, organisationId: of.organisationId, teamId: 't', keyId: 'k', createdAt: of.createdAt, input, response }
}

describe('kept answers', () => {
  it('[G43] come back as they were, until their time is over', async () => {
    await using open = await openResponses()
    const { responses, clock } = open
    const kept = stored('a', { bytes: 500, organisationId: 'o', createdAt: clock.now() })
    expect(await responses.save(kept)).toBe(true)
    expect(await responses.find('a')).toEqual(kept)
    clock.advance(LIMITS.keptMs - 1)
    await open.save('b')
    expect(await responses.clean()).toBe(1)
    expect(await open.found('a', 'b')).toEqual(['b'])
    // Not found any more even before it is cleaned up, and a shorter time counts at once.
    open.limits = { ...LIMITS, keptMs: DAY_MS }
    clock.advance(DAY_MS)
    expect(await open.found('b')).toEqual([])
    expect(await responses.clean()).toBe(1)
  })

  it('[G43] give way to newer ones of their organisation, the oldest first', async () => {
    await using open = await openResponses()
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) expect(await open.save(id)).toBe(true)
    expect(await open.save('theirs', { organisationId: 'other' })).toBe(true)
    expect(await open.found('a', 'b', 'c', 'd', 'e', 'f')).toHaveLength(6)
    await open.save('g', { bytes: 900 })
    expect(await open.found('a', 'b', 'c', 'd', 'e', 'f', 'g', 'theirs')).toEqual(['c', 'd', 'e', 'f', 'g', 'theirs'])
    await open.responses.remove('g')
    await open.save('h', { bytes: 900 })
    expect(await open.found('c', 'd', 'e', 'f', 'g', 'h')).toEqual(['c', 'd', 'e', 'f', 'h'])
  })

  it('[G40] are not kept at all where one alone is too large', async () => {
    await using open = await openResponses()
    expect(await open.save('a', { bytes: 1_000 })).toBe(true)
    expect(await open.save('b', { bytes: 1_002 })).toBe(false)
    expect(await open.found('a', 'b')).toEqual(['a'])
  })
})
