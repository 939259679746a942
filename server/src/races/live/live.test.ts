import { describe, expect, it } from 'vitest'
import { CHALLENGER, CHAMPION, openLabRaces } from './fixtures/lab-traffic.ts'
import { brokenVerdict } from './verdict-chain.ts'

const EQUAL = { [CHAMPION]: { liked: 0.9, costs: 1 }, [CHALLENGER]: { liked: 0.9, costs: 0.4 } }

describe('a race on a route', () => {
  it('[H29] promotes a challenger that is as good and cheaper, and rolls back when it gets worse', async () => {
    await using lab = await openLabRaces()
    await lab.traffic(300, EQUAL)
    const { id } = await lab.start()
    let asked = 0
    for (; asked < 6_000 && (await lab.race(id)).state === 'running'; asked += 100) await lab.traffic(100, EQUAL)
    const promoted = await lab.race(id)
    console.error('promoted after', asked, promoted.state, promoted.reason, promoted.phases.length)
    expect(promoted.state).toBe('watching')
    expect(lab.leads.of('chat')?.model).toBe(CHALLENGER)
    const worse = { ...EQUAL, [CHALLENGER]: { liked: 0.75, costs: 0.4 } }
    for (asked = 0; asked < 12_000 && (await lab.race(id)).state === 'watching'; asked += 100)
      await lab.traffic(100, worse)
    console.error('rolled back after', asked)
    const back = await lab.race(id)
    expect(back.state).toBe('rolled_back')
    expect(lab.leads.of('chat')).toBeNull()
    expect((await lab.verdicts()).map(({ kind }) => kind)).toEqual(['start', 'promote', 'rollback'])
    expect(await brokenVerdict(lab.tables)).toBeNull()
  }, 120_000)
})
