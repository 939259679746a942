import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROVIDERS } from './all.ts'
import { practice } from './practice/practice.ts'
import type { Provider } from './provider.ts'

const EVERYONE = [...PROVIDERS, practice]
const each = EVERYONE.map((facts) => [facts.id, facts] as const)

/** Values that stand more than once in a list. */
function repeated(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index)
}

describe('all providers', () => {
  it('have ids and environment variables of their own', () => {
    expect(repeated(EVERYONE.map(({ id }) => id))).toEqual([])
    expect(repeated(EVERYONE.flatMap(({ keyEnv, baseUrlEnv }) => [...keyEnv, ...baseUrlEnv]))).toEqual([])
    expect(repeated(EVERYONE.map(({ name }) => name.en))).toEqual([])
  })

  it('are real ones, and the practice provider is not among them', () => {
    expect(PROVIDERS.filter((facts) => facts.practice === true)).toEqual([])
    expect(practice.practice).toBe(true)
  })
})

describe.each(each)('%s', (id, facts) => {
  it('has an id that can stand in a model name, and a name in each language', () => {
    expect(id).toMatch(/^[a-z][a-z0-9-]*$/)
    expect(Object.values(facts.name).filter((name) => name.trim() === '')).toEqual([])
  })

  it('is spoken to over TLS or on this machine, and its base URL is ready to have a path put behind it', () => {
    const url = new URL(facts.baseUrl)
    expect(url.protocol === 'https:' || url.hostname === 'localhost').toBe(true)
    expect([facts.baseUrl.endsWith('/'), url.search, url.hash, url.username]).toEqual([false, '', '', ''])
  })

  it('bills in a real currency and counts days in a real zone', () => {
    expect(Intl.supportedValuesOf('currency')).toContain(facts.currency)
    expect(() => new Intl.DateTimeFormat('en', { timeZone: facts.zone })).not.toThrow()
  })

  it('names a key exactly when one can be sent, and its base URL can be moved', () => {
    expect(facts.keyEnv.length > 0).toBe(facts.auth !== 'none')
    for (const name of [...facts.keyEnv, ...facts.baseUrlEnv]) expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/)
    if (facts.practice !== true) expect(facts.baseUrlEnv).toContain(`${id.toUpperCase()}_BASE_URL`)
  })

  it('says where its facts were read, and which were not', () => {
    expect(facts.evidence.length).toBeGreaterThan(0)
    expect(facts.unverified.filter((fact) => factAt(facts, fact) === undefined)).toEqual([])
    expect(repeated(facts.unverified)).toEqual([])
  })
})

/** What stands in facts as data is checked here, because nothing else would notice a slip of the pen. */
describe.each(each)('what %s differs in', (_, { spelling = {}, errors = {}, failures }) => {
  it('has ranges that have room in them', () => {
    expect(Object.values(spelling.ranges ?? {}).filter(({ min, max }) => min >= max)).toEqual([])
  })

  it('says of each failure how it is known, and marks those it says are marked', () => {
    const marked = {
      money: errors.money !== undefined,
      overload: errors.overload !== undefined,
      filter: spelling.filterCodes !== undefined,
    }
    const said = Object.entries(failures).map(([failure, telling]) => [failure, telling === 'marked'])
    expect(Object.fromEntries(said)).toEqual(marked)
  })

  it('gives every mark of an error one meaning, and words as they are compared', () => {
    const marks = Object.values(errors)
    const codes = marks.flatMap((each) => each.codes ?? [])
    expect(repeated([...codes, ...(spelling.filterCodes ?? [])])).toEqual([])
    expect(repeated(marks.flatMap(({ statuses = [] }) => statuses.map(String)))).toEqual([])
    const words = marks.flatMap((each) => each.words ?? [])
    expect(words).toEqual(words.map((each) => each.toLowerCase()))
    expect([...codes, ...words].filter((mark) => mark.trim() === '')).toEqual([])
  })
})

/** The value of a fact by its name: "usage.streamOption", "keyEnv.1". */
function factAt(facts: Provider, name: string): unknown {
  return name.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], facts)
}

describe('docs/reference/providers.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/providers.md'), 'utf8')
  const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

  it('lists every provider with its facts, in the same order, and no other', () => {
    const rows = page.split('\n').filter((line) => /^\| `[a-z]/.test(line))
    const cells = rows.map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    const key = ({ auth, keyEnv }: Provider): string =>
      auth === 'none' ? 'none' : `${code(keyEnv)}${auth === 'optional' ? ' (optional)' : ''}`
    expect(cells).toEqual(
      PROVIDERS.map((facts) => [
        code([facts.id]),
        facts.name.en,
        code([facts.dialect]),
        key(facts),
        code(facts.baseUrlEnv),
        facts.currency,
        facts.zone,
        code(facts.unverified),
      ]),
    )
  })

  it('lists what each serves beside conversations', () => {
    const section = page.split('## Beside conversations')[1]?.split('\n## ')[0] ?? ''
    const rows = section.split('\n').filter((line) => /^\| [a-z]/.test(line))
    const served = ({ tasks = {} }: Provider): string =>
      Object.entries(tasks)
        .map(([task, path]) => `${task} \`${path}\``)
        .join(', ')
    expect(rows).toEqual(PROVIDERS.filter(({ tasks }) => tasks).map((facts) => `| ${facts.id} | ${served(facts)} |`))
  })
})
