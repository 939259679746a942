import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { armsOf } from './live-race.ts'
import { assign } from './assignment.ts'
import { CHALLENGER, CHAMPION, openLabRaces, wanted, type LabRaces } from './fixtures/lab-traffic.ts'
import { RaceRecord } from './record.ts'
import { addSignal } from './signals.ts'
import { standingOf } from './standing.ts'
import { brokenVerdict } from './verdict-chain.ts'

const EQUAL = { [CHAMPION]: { liked: 0.9, costs: 1 }, [CHALLENGER]: { liked: 0.9, costs: 0.4 } }
const WORSE = { ...EQUAL, [CHALLENGER]: { liked: 0.75, costs: 0.4 } }

type Traffic = Parameters<LabRaces['traffic']>[1]

/** Lets requests come until the race is in another state; how many came. */
async function until(lab: LabRaces, id: string, { behave, max }: { behave: Traffic; max: number }): Promise<number> {
  const { state } = await lab.race(id)
  let asked = 0
  for (; asked < max && (await lab.race(id)).state === state; asked += 100) await lab.traffic(100, behave)
  return asked
}

const kinds = async (lab: LabRaces): Promise<string[]> => (await lab.verdicts()).map(({ kind }) => kind)

describe('a race on a route', () => {
  it('[H29] [H30] promotes a challenger that is as good and cheaper, and goes back when it gets 15 points worse', async () => {
    await using lab = await openLabRaces()
    // What is known of the champion beforehand fixes what its arm is compared with.
    await lab.traffic(300, EQUAL)
    const { id } = await lab.start()
    expect(await until(lab, id, { behave: EQUAL, max: 8_000 })).toBeGreaterThan(500)
    expect((await lab.race(id)).state).toBe('watching')
    expect(lab.leads.of('chat')).toMatchObject({ model: CHALLENGER, race: id })
    await lab.traffic(500, EQUAL)
    expect((await lab.race(id)).state).toBe('watching')
    await until(lab, id, { behave: WORSE, max: 12_000 })
    expect((await lab.race(id)).state).toBe('rolled_back')
    expect(lab.leads.of('chat')).toBeNull()
    expect(await kinds(lab)).toEqual(['start', 'promote', 'rollback'])
  }, 60_000)

  it('[H29] rejects a worse challenger, and one whose calls fail within tens of them', async () => {
    await using lab = await openLabRaces()
    await lab.traffic(300, EQUAL)
    const worse = await lab.start({ ramp: [0.5] })
    await until(lab, worse.id, { behave: { ...WORSE, [CHALLENGER]: { liked: 0.6, costs: 0.4 } }, max: 8_000 })
    expect((await lab.race(worse.id)).state).toBe('rejected')
    const broken = await lab.start({ ramp: [0.05] })
    const failing = { ...EQUAL, [CHALLENGER]: { liked: 0.9, failing: 0.5, costs: 0.4 } }
    expect(await until(lab, broken.id, { behave: failing, max: 8_000 })).toBeLessThan(1_000)
    expect(await lab.race(broken.id)).toMatchObject({ state: 'rejected', reason: 'its calls fail too often' })
    expect(lab.leads.of('chat')).toBeNull()
  }, 60_000)

  it('[H29] waits for a person where it is told to, and never promotes without the saving', async () => {
    await using lab = await openLabRaces()
    const { id } = await lab.start({ auto: false, margin: 0.2, ramp: [0.5] })
    await until(lab, id, { behave: EQUAL, max: 8_000 })
    expect((await lab.race(id)).state).toBe('promotable')
    expect(lab.leads.of('chat')).toBeNull()
    await using dear = await openLabRaces()
    const asDear = { ...EQUAL, [CHALLENGER]: { liked: 0.9, costs: 0.95 } }
    const race = await dear.start({ margin: 0.2, ramp: [0.5] })
    expect(await until(dear, race.id, { behave: asDear, max: 2_000 })).toBe(2_000)
    // Quality does not depend on price: when the challenger gets cheaper, the next look decides.
    expect(await until(dear, race.id, { behave: EQUAL, max: 8_000 })).toBe(100)
    expect((await dear.race(race.id)).state).toBe('watching')
  }, 60_000)

  it('[H34] counts what trials would cost in the coming week, so that a new price alone decides', async () => {
    await using lab = await openLabRaces()
    const { id } = await lab.start({ margin: 0.2, ramp: [0.5], minMs: 0 })
    await lab.traffic(1_500, { ...EQUAL, [CHALLENGER]: { liked: 0.9, costs: 2 } })
    expect((await lab.race(id)).state).toBe('running')
    lab.price.set(CHALLENGER, 0.1)
    const races = await lab.reopen()
    await races.tick()
    expect((await lab.race(id)).state).toBe('watching')
  }, 60_000)

  it('[H31] aborts when units do not arrive in the planned shares', async () => {
    await using lab = await openLabRaces()
    const { id } = await lab.start({ ramp: [0.5] })
    await lab.traffic(400, EQUAL)
    // Half of the challenger's requests are lost on their way into the books.
    await sql`UPDATE entries SET race = NULL WHERE arm = ${CHALLENGER} AND rowid % 2 = 0`.execute(lab.tables)
    await (await lab.reopen()).tick()
    expect(await lab.race(id)).toMatchObject({ state: 'aborted', reason: 'units do not arrive in the planned shares' })
  })

  it('[H33] knows after a restart what it knew before, and counts what was said twice once', async () => {
    await using lab = await openLabRaces()
    const { id } = await lab.start()
    await lab.traffic(300, EQUAL)
    const grown = new RaceRecord(lab.tables, id)
    await grown.readNew()
    await lab.traffic(200, EQUAL)
    await grown.readNew()
    const anew = new RaceRecord(lab.tables, id)
    await anew.readNew()
    expect(grown.trials).toEqual(anew.trials)
    expect(anew.trials).toHaveLength(500)
    const [first] = anew.trials
    const entry = await lab.books.reader.find(first?.id ?? '')
    if (entry === null) throw new Error('the entry is in the books')
    const say = (value: number, reviewer = 'key:key-1'): Promise<void> =>
      lab.races.rate(entry, { reviewer, value, comment: null })
    await say(0.25)
    await say(0.25)
    await say(0.75, 'user:somebody')
    await anew.readNew()
    expect(anew.qualityOf(entry.id)).toBe(0.5)
    const { rows } = await sql`SELECT 1 FROM race_signals WHERE trial = ${entry.id} AND value = 0.25`.execute(
      lab.tables,
    )
    expect(rows).toHaveLength(1)
  })

  it('[H28] counts an answer that another model had to give as a failure of the one that was to', async () => {
    await using lab = await openLabRaces()
    const { id } = await lab.start({ ramp: [0.5] })
    await lab.traffic(40, EQUAL)
    await sql`UPDATE entries SET model = 'large' WHERE arm = ${CHALLENGER}`.execute(lab.tables)
    const record = new RaceRecord(lab.tables, id)
    await record.readNew()
    const answered = new Set(record.trials.map(({ arm, answered: whole }) => `${arm} ${whole}`))
    expect(answered).toEqual(new Set([`${CHAMPION} true`, `${CHALLENGER} false`]))
  })

  it('[H32] shows when a verdict was changed or taken out', async () => {
    await using lab = await openLabRaces()
    await lab.start({ ramp: [0.05] })
    await lab.traffic(900, { ...EQUAL, [CHALLENGER]: { liked: 0.9, failing: 0.7, costs: 0.4 } })
    const [start, reject] = await lab.verdicts()
    expect([start?.kind, reject?.kind]).toEqual(['start', 'reject'])
    expect(await brokenVerdict(lab.tables)).toBeNull()
    await sql`UPDATE race_verdicts SET reason = 'luck' WHERE id = ${reject?.id}`.execute(lab.tables)
    expect(await brokenVerdict(lab.tables)).toBe(reject?.id)
    await sql`DELETE FROM race_verdicts WHERE id = ${start?.id}`.execute(lab.tables)
    expect(await brokenVerdict(lab.tables)).toBe(reject?.id)
  })

  it('[H37] waits where no request is repeated, and where its judge is taken in by an answer that says nothing', async () => {
    await using lab = await openLabRaces()
    const grader = { kind: 'judge', model: 'lab/judge' } as const
    const shadow = { budget: '1', concurrencyMax: 4, tools: false, grader }
    const { id } = await lab.start({ mode: 'shadow', shadow, minMs: 0 })
    await lab.traffic(200, EQUAL)
    const holds = async (): Promise<readonly string[]> => {
      const record = new RaceRecord(lab.tables, id)
      await record.readNew()
      return (await standingOf(await lab.race(id), record, { now: lab.clock.now(), costOf: () => null })).holds
    }
    expect(await holds()).toEqual(['none of 200 requests was sent to a challenger'])
    const canary = { kind: 'constant', preference: 1 } as const
    const said = {
      source: 'canary',
      reviewer: 'lab/judge constant',
      value: 1,
      comment: JSON.stringify(canary),
    } as const
    await addSignal(lab.tables, { trial: 'a request', race: id, ...said }, lab.clock)
    expect(await holds()).toContain('the judge is taken in by an answer that says nothing')
  })

  it('[H29] lets one race run on a route at a time', async () => {
    await using lab = await openLabRaces()
    await lab.start()
    await expect(lab.start()).rejects.toThrow(/is running on route chat/)
  })
})

describe('the arm of a request', () => {
  const config = { ...wanted(), seed: 'seed', trialsMax: 1, bounds: { latencyMs: null, firstTokenMs: null } }
  const centres = { quality: 0.5, errors: 0.98, latency: 0.95, firstToken: 0.95 }
  const raceAt = (share: number): Parameters<typeof assign>[0] => ({
    id: 'race-1',
    config,
    phases: [{ since: 0, kind: 'race', arms: armsOf(config, [CHALLENGER], share), centres }],
  })
  const ask = (user: string | null, more: object = {}): Parameters<typeof assign>[1] => ({
    request: 'r',
    organisation: 'o',
    key: 'k',
    user,
    session: null,
    ...more,
  })

  it('[H27] is the same for a person for ever, and a larger share only moves people into it', () => {
    const people = Array.from({ length: 2_000 }, (_, index) => `person-${index}`)
    const arms = [0.05, 0.2, 0.5].map((share) =>
      people.map((person) => assign(raceAt(share), ask(person))?.arm === CHALLENGER),
    )
    for (const [step, arm] of arms.slice(1).entries())
      for (const [person, was] of (arms[step] ?? []).entries()) if (was) expect(arm[person]).toBe(true)
    expect(arms.map((arm) => arm.filter(Boolean).length / people.length)).toEqual([
      expect.closeTo(0.05, 1),
      expect.closeTo(0.2, 1),
      expect.closeTo(0.5, 1),
    ])
    expect(assign(raceAt(0.5), ask('a', { request: 'one' }))).toEqual(assign(raceAt(0.5), ask('a', { request: 'two' })))
  })

  it('[H27] belongs to the key where nobody names a person, and no name is kept', () => {
    const unit = (asked: Parameters<typeof assign>[1]): string | undefined => assign(raceAt(0.5), asked)?.unit
    expect(unit(ask(null))).toBe(unit(ask(null, { request: 'other' })))
    expect(unit(ask('a'))).not.toBe(unit(ask('a', { organisation: 'other' })))
    expect(unit(ask('somebody'))).toMatch(/^[0-9a-f]{32}$/)
  })
})
