import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { PaddockError } from '../base/errors.ts'
import { labRoute, labTable } from '../routing/fixtures/lab.ts'
import type { CliContext } from './context.ts'
import { doctorCommand } from './doctor.ts'
import type { OpenRouting, Routing } from './routes.ts'

type Finding = { readonly check: string; readonly result: string; readonly detail: string }

const goodRouting: OpenRouting = () => Promise.resolve({ table: labTable([labRoute()]) } as Routing)

/** A folder with a database, and what doctor finds there. */
async function examine(parts: Partial<CliContext>, openRouting = goodRouting): Promise<Finding[]> {
  using folder = tempFolder()
  writeFileSync(join(folder.path, 'paddock.db'), '')
  const said: { findings: Finding[] }[] = []
  const context = {
    output: { json: (value: { findings: Finding[] }) => said.push(value) },
    config: () => ({ dataFolder: folder.path, configFile: null }),
    openPrices: () => Promise.resolve({ rows: () => [1, 2], problems: [] }),
    openBooks: () => Promise.reject(new Error('not asked for')),
    ...parts,
  } as unknown as CliContext
  await doctorCommand(context, openRouting).parseAsync(['--json'], { from: 'user' })
  return said.flatMap(({ findings }) => findings)
}

describe('paddock doctor', () => {
  afterEach(() => {
    process.exitCode = 0
  })

  it('closes the books whatever comes of looking at them', async () => {
    let closed = 0
    const openBooks = (verify: () => unknown): CliContext['openBooks'] =>
      (() => Promise.resolve({ verify, close: () => Promise.resolve(void (closed += 1)) })) as never
    const broken = await examine({ openBooks: openBooks(() => Promise.reject(new Error('a page is torn'))) })
    expect(broken).toContainEqual({ check: 'books', result: 'fault', detail: 'a page is torn' })
    const wrong = { ok: false, entries: 3, problems: ['one', 'two'] }
    expect(await examine({ openBooks: openBooks(() => Promise.resolve(wrong)) })).toContainEqual({
      check: 'books',
      result: 'fault',
      detail: 'one; two',
    })
    const good = { ok: true, entries: 3, problems: [] }
    expect(await examine({ openBooks: openBooks(() => Promise.resolve(good)) })).toContainEqual({
      check: 'books',
      result: 'good',
      detail: '3 entries, all sums agree',
    })
    expect(closed).toBe(3)
  })

  it('says what is wrong with prices once', async () => {
    const openPrices = (): Promise<never> => Promise.reject(new PaddockError('price_invalid', { message: 'bad row' }))
    const findings = await examine({ openPrices }, () => openPrices())
    expect(findings.filter(({ detail }) => detail === 'bad row')).toEqual([
      { check: 'price book', result: 'fault', detail: 'bad row' },
    ])
  })
})
