import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { openStore } from '../store/store.ts'
import { answered, labClock, labRequest, labRoute, labTable, noExchange } from './fixtures/lab.ts'
import { openLeads, routingMigrations } from './leads.ts'
import { openRouter } from './router.ts'
import { fullName } from './target.ts'

describe('a model that leads a route', () => {
  const table = labTable([labRoute({ candidates: [{ model: 'a/m' }, { model: 'b/m' }] })])
  const router = openRouter({ clock: labClock(), random: () => 0.5, priceOf: () => null, worth: noExchange })
  const target = table.find('c/m')
  if (target === null) throw new Error('c offers m')
  const order = (more: object = {}): string[] => {
    const request = labRequest({ session: 'one', lead: { target, reason: 'a race' }, ...more })
    return router.orderTargets(table.resolve('chat'), request).placed.map((each) => fullName(each.target))
  }

  it('[R25] goes before its candidates and before a session, and is left out while it cannot be called', () => {
    const before = router.attempts(router.orderTargets(table.resolve('chat'), labRequest({ session: 'one' })))
    before.next()?.end(answered())
    expect(order()).toEqual(['c/m', 'a/m', 'b/m'])
    const attempts = router.attempts(
      router.orderTargets(table.resolve('chat'), labRequest({ lead: { target, reason: 'a race' } })),
    )
    attempts.next()?.end({ kind: 'out_of_money' })
    expect(order()).toEqual(['a/m', 'b/m'])
    expect(() => order({ noFallback: true })).toThrow(/out of money/)
  })

  it('[R26] is what was written last, for every process', async () => {
    using folder = tempFolder()
    const clock = labClock()
    const store = openStore(join(folder.path, 'paddock.db'))
    await store.migrate(routingMigrations)
    const [here, there] = [await openLeads({ store, clock }), await openLeads({ store, clock })]
    const set = (model: string | null): Promise<void> => here.set({ route: 'chat', model, race: 'r' }, store.tables())
    await set('a/m')
    await set('b/m')
    expect(there.of('chat')).toBeNull()
    await there.refresh()
    expect(there.of('chat')).toMatchObject({ model: 'b/m', race: 'r' })
    expect((await openLeads({ store, clock })).of('chat')?.model).toBe('b/m')
    await set(null)
    await there.refresh()
    expect([there.of('chat'), there.of('other')]).toEqual([null, null])
    await store.close()
  })
})
