import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MovingClock } from '../../../tests/stand-ins/moving-clock.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import type { StoredResponse } from '../dialects/openai-responses/stored.ts'
import { openStore } from '../store/store.ts'
import { SqlStoredResponses, type StoredResponsesLimits } from './stored-responses.ts'
import { chatsMigrations, type ChatsTables } from './tables.ts'

const DAY_MS = 86_400_000
const LIMITS: StoredResponsesLimits = { keptMs: 30 * DAY_MS, bytesMax: 1_000, organisationBytesMax: 3_000 }

type Opened = AsyncDisposable & {
  readonly responses: SqlStoredResponses
  readonly clock: MovingClock
  limits: StoredResponsesLimits
  save(id: string, more?: { bytes?: number; organisationId?: string; previousId?: string }): Promise<boolean>
  found(...ids: string[]): Promise<string[]>
  /** What is in the database, shown or not. */
  rows(): Promise<string[]>
  /** Keeps everybody else from writing until it is told to end. */
  write(): Promise<() => Promise<void>>
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
    save: (id, { bytes = 500, organisationId = 'o', previousId } = {}) => {
      clock.advance(1)
      return open.responses.save(
        stored(id, { bytes, organisationId, createdAt: clock.now(), previousId: previousId ?? null }),
      )
    },
    found: async (...ids) => {
      const all = await Promise.all(ids.map((id) => open.responses.find(id)))
      return all.flatMap((each) => each?.id ?? [])
    },
    rows: async () => {
      const rows = await store.tables<ChatsTables>().selectFrom('responses').select('id').orderBy('id').execute()
      return rows.map(({ id }) => id)
    },
    write: () =>
      new Promise((begun) => {
        const writing = store.write(
          () =>
            new Promise<void>((end) => {
              begun(async () => {
                end()
                await writing
              })
            }),
        )
      }),
    [Symbol.asyncDispose]: async () => {
      await store.close()
      folder[Symbol.dispose]()
    },
  }
  return open
}

type Kept = Pick<StoredResponse, 'organisationId' | 'createdAt' | 'previousId'> & { readonly bytes: number }

function stored(id: string, { bytes, ...of }: Kept): StoredResponse {
  const input = '[]'
  return { id, ...of, teamId: 't', keyId: 'k', input, response: 'é'.repeat((bytes - input.length) / 2) }
}

describe('kept answers', () => {
  it('[G43] come back as they were, until their time is over', async () => {
    await using open = await openResponses()
    const { responses, clock } = open
    const kept = stored('a', { bytes: 500, organisationId: 'o', createdAt: clock.now(), previousId: null })
    expect(await responses.save(kept)).toBe(true)
    expect(await responses.find('a')).toEqual({ ...kept, earlier: [] })
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
    expect(await open.found('a', 'b', 'c', 'd', 'e', 'f', 'g', 'theirs')).toEqual(['d', 'e', 'f', 'g', 'theirs'])
    await open.responses.remove('g')
    await open.save('h', { bytes: 900 })
    expect(await open.found('d', 'e', 'f', 'g', 'h')).toEqual(['d', 'e', 'f', 'h'])
  })

  it('[G40] are not kept at all where one alone is too large', async () => {
    await using open = await openResponses()
    expect(await open.save('a', { bytes: 1_000 })).toBe(true)
    expect(await open.save('b', { bytes: 1_002 })).toBe(false)
    expect(await open.found('a', 'b')).toEqual(['a'])
  })

  it('[G43] that others go on from stay part of these, and of nothing else', async () => {
    await using open = await openResponses()
    const { responses } = open
    await open.save('a', { bytes: 102 })
    await open.save('b', { bytes: 202, previousId: 'a' })
    await open.save('c', { bytes: 302, previousId: 'b' })
    await open.save('other', { bytes: 402, previousId: 'a' })
    const lengths = async (id: string): Promise<number[]> =>
      ((await responses.find(id))?.earlier ?? []).map(({ response }) => response.length * 2 + 2)
    expect([await lengths('a'), await lengths('c'), await lengths('other')]).toEqual([[], [102, 202], [102]])
    await responses.remove('b')
    await responses.remove('a')
    expect(await open.found('a', 'b', 'c', 'other')).toEqual(['c', 'other'])
    expect([await lengths('c'), await lengths('other')]).toEqual([[102, 202], [102]])
    expect(await open.save('late', { previousId: 'b' })).toBe(false)
    await responses.remove('c')
    expect(await open.rows()).toEqual(['a', 'other'])
    await responses.remove('other')
    expect(await open.rows()).toEqual([])
  })

  it('[G40] [G43] are as large as the conversation, and take the room of what is new in it', async () => {
    await using open = await openResponses()
    await open.save('a', { bytes: 400 })
    expect(await open.save('b', { bytes: 400, previousId: 'a' })).toBe(true)
    expect(await open.save('c', { bytes: 400, previousId: 'b' })).toBe(false)
    // A conversation whose last turn is the newest of all goes last, and whole.
    for (const id of ['d', 'e', 'f', 'g']) await open.save(id, { bytes: 500 })
    await open.save('h', { bytes: 200, previousId: 'b' })
    await open.save('i', { bytes: 500 })
    expect(await open.rows()).toEqual(['a', 'b', 'f', 'g', 'h', 'i'])
    expect(await open.found('a', 'b', 'd', 'e', 'f', 'h')).toEqual(['f', 'h'])
  })

  it('are saved together, in their order, and one that cannot be takes no other with it', async () => {
    await using open = await openResponses()
    await open.save('there')
    const saved = await Promise.allSettled([
      open.save('a', { bytes: 400 }),
      open.save('b', { bytes: 400, previousId: 'a' }),
      open.save('there'),
      open.save('c', { bytes: 400, previousId: 'b' }),
      open.save('d', { previousId: 'nobody' }),
    ])
    const told = saved.map((each) => (each.status === 'fulfilled' ? each.value : 'failed'))
    expect(told).toEqual([true, true, 'failed', false, false])
    expect(await open.rows()).toEqual(['a', 'b', 'there'])
  })

  it('wait for whoever is writing', async () => {
    await using open = await openResponses()
    const end = await open.write()
    const saving = Promise.all([open.save('a'), open.save('b')])
    // The turn in which they would have been written has passed.
    await new Promise(setImmediate)
    await end()
    expect(await saving).toEqual([true, true])
    expect(await open.rows()).toEqual(['a', 'b'])
  })
})
