import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { epochOf, isoInstant } from './clock.ts'
import { readConfig, type Config } from './config.ts'
import { asPaddockError, excerpt, PaddockError, withoutSecrets } from './errors.ts'
import { newId } from './ids.ts'

const configOf = (yaml: string, environment: Record<string, string> = {}): Config => {
  const folder = mkdtempSync(join(tmpdir(), 'paddock-config-'))
  const file = join(folder, 'paddock.yaml')
  writeFileSync(file, yaml)
  try {
    return readConfig({ config: file }, environment)
  } catch (thrown) {
    if (thrown instanceof PaddockError)
      throw new PaddockError(thrown.code, { message: thrown.message.replaceAll(file, 'paddock.yaml') })
    throw thrown
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('configuration', () => {
  it('needs no file', () => {
    const config = readConfig({ data: '/tmp/somewhere' }, {})
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 4400,
      dataFolder: '/tmp/somewhere',
      providers: {},
      routes: [],
    })
  })

  it('prefers the command line to the environment to the file', () => {
    const yaml = 'server: { host: 0.0.0.0, port: 1 }'
    expect(configOf(yaml)).toMatchObject({ host: '0.0.0.0', port: 1 })
    expect(configOf(yaml, { PADDOCK_PORT: '2' })).toMatchObject({ host: '0.0.0.0', port: 2 })
    expect(readConfig({ port: '3' }, { PADDOCK_PORT: '2' }).port).toBe(3)
  })

  it('fills the environment in, and keeps a price as it was written', () => {
    const config = configOf(
      [
        'providers:',
        '  lab: { base_url: http://127.0.0.1:9001/v1, api_key: "${LAB_KEY}", models: [small] }',
        'prices:',
        '  - { model: lab/small, currency: CNY, per: 1000000, input: 0.10, output: "2", valid_from: 2024-01-01 }',
      ].join('\n'),
      { LAB_KEY: 'secret' },
    )
    expect(config.providers['lab']).toMatchObject({ api_key: 'secret', models: ['small'] })
    expect(config.prices).toEqual([
      {
        raw: {
          model: 'lab/small',
          currency: 'CNY',
          per: '1000000',
          input: '0.10',
          output: '2',
          valid_from: '2024-01-01',
        },
        place: expect.stringMatching(/paddock\.yaml:4:5$/),
      },
    ])
  })

  it('repeats what an alias stands for, with its numbers as they are written', () => {
    const yaml = [
      'prices:',
      '  - &first { model: lab/m, currency: CNY, per: 1, input: &price 0.10, valid_to: &cut 2025-01-01 }',
      '  - { model: lab/n, currency: CNY, per: 1, input: *price, valid_from: *cut }',
      '  - *first',
    ].join('\n')
    const first = { model: 'lab/m', currency: 'CNY', per: '1', input: '0.10', valid_to: '2025-01-01' }
    const second = { model: 'lab/n', currency: 'CNY', per: '1', input: '0.10', valid_from: '2025-01-01' }
    expect(configOf(yaml).prices.map(({ raw }) => raw)).toEqual([first, second, first])
  })

  it.each([
    ['an unknown key', 'servr: {}', /paddock\.yaml:1:\d+.*servr/],
    ['a value of the wrong type', 'server:\n  port: "80"', /paddock\.yaml:2:9: server\.port/],
    ['a tab', 'server:\n\tport: 1', /paddock\.yaml:2:1/],
    ['a key twice', 'server: {}\nserver: {}', /paddock\.yaml:2:1: .*unique/],
    [
      'a missing variable',
      'providers:\n  lab: { base_url: "${NOWHERE}" }',
      /paddock\.yaml:2:\d+: the environment variable NOWHERE is not set/,
    ],
    [
      'what only every object has',
      'providers:\n  lab: { base_url: "${toString}" }',
      /paddock\.yaml:2:\d+: the environment variable toString is not set/,
    ],
    [
      'an alias inside itself',
      'prices:\n  - &row { model: lab/m, input: *row }',
      /paddock\.yaml:2:\d+: \*row stands inside what it repeats/,
    ],
    [
      'a URL that is none',
      'providers:\n  lab: { base_url: localhost }',
      /paddock\.yaml:2:\d+: providers\.lab\.base_url: write a whole http/,
    ],
  ])('refuses %s with its place', (_, yaml, expected) => {
    expect(() => configOf(yaml)).toThrow(expected)
  })

  it.each([['abc'], ['70000'], ['-1'], ['']])('refuses the port %j', (port) => {
    expect(() => readConfig({ port }, {})).toThrow(/whole number from 0 to 65535/)
  })

  it('says which file cannot be read', () => {
    expect(() => readConfig({ config: '/nowhere/paddock.yaml' }, {})).toThrow(/\/nowhere\/paddock\.yaml cannot be read/)
  })
})

describe('ids', () => {
  it('are UUIDs of version 7 whose order is the order of time', () => {
    let ms = Date.parse('2026-11-24T00:00:00Z')
    const clock = { now: () => ms, elapsed: () => ms }
    const ids = Array.from({ length: 2_000 }, () => {
      ms += 1
      return newId(clock)
    })
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('secrets', () => {
  it.each([
    ['Authorization: Bearer sk-pdk-abcdefghijkl-secret', 'Authorization: [secret]'],
    ['the key sk-proj-abcdefghijklmnop is wrong', 'the key [secret] is wrong'],
    ['the key sk_live_0123456789 is wrong', 'the key [secret] is wrong'],
    ['Incorrect key: sk-ab********wxyz', 'Incorrect key: [secret]'],
    ['AIzaSyA1234567890abcdef', '[secret]'],
    ['https://x.example/v1?key=abc&n=1', 'https://x.example/v1?key=[secret]&n=1'],
    ['https://x.example/v1?n=1&access_token=abc', 'https://x.example/v1?n=1&access_token=[secret]'],
    ['nothing secret here', 'nothing secret here'],
    ['a skeleton-based-answer of a risk-averse task-runner', 'a skeleton-based-answer of a risk-averse task-runner'],
    ['sk-learn and pk-columns', 'sk-learn and pk-columns'],
  ])('are blanked in %j', (text, expected) => {
    expect(withoutSecrets(text)).toBe(expected)
  })

  it('are looked for without taking long, whatever the text', () => {
    const text = 'sk-'.repeat(20_000)
    expect(withoutSecrets(text)).not.toBe('')
  })
})

describe('errors', () => {
  it('know at birth whether trying again can help', () => {
    expect(new PaddockError('provider_overloaded', { message: '' }).spec).toEqual({
      status: 503,
      type: 'overloaded_error',
      retryable: true,
    })
    expect(new PaddockError('model_unknown', { message: '' }).spec.retryable).toBe(false)
  })

  it('of an unknown kind say nothing of their cause to the caller', () => {
    const error = asPaddockError(new Error('the password is 1234'))
    expect(error.code).toBe('internal')
    expect(error.message).not.toContain('1234')
    expect(error.cause).toBeInstanceOf(Error)
  })

  it('repeat at most 64 harmless characters of what they were given', () => {
    expect(excerpt('x'.repeat(500))).toHaveLength(64)
    expect(excerpt('a\u0000b\u202Ec\uD800')).toBe('a\uFFFDb\uFFFDc\uFFFD')
  })
})

describe('an instant', () => {
  it('is read as it is written, and as nothing where it is none', () => {
    const instants = [
      0, 1, 999, 1_000, -1, 1_732_800_000_123, 1_732_800_000_900, 1_732_800_001_000, 253_402_300_800_000,
    ]
    for (const epochMs of instants) expect(epochOf(isoInstant(epochMs))).toBe(epochMs)
    const written = isoInstant(1_732_800_000_123)
    expect(epochOf(written.replace('.123Z', '.1x3Z'))).toBeNaN()
    expect(epochOf(written.replace('.123Z', '+00:0'))).toBeNaN()
    expect(epochOf(written.replace('.123Z', 'Z'))).toBe(1_732_800_000_000)
    expect(epochOf('')).toBeNaN()
  })
})
