import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openWorkspace } from '../paddock.ts'

/** The program as a person meets it at a prompt. */

describe('the command line', () => {
  it.each([
    [[], ['serve', 'keys', 'prices', 'books', 'race', 'doctor', 'Exit codes']],
    [['serve'], ['--host', '--port', '--data', '--config', '--json', 'Examples:']],
    [
      ['keys', 'create'],
      ['--name', '--team', '--models', '--scopes', '--expires', 'Examples:'],
    ],
    [
      ['prices', 'quote'],
      ['--model', '--at', '--input', '--output', '--currency', 'Examples:'],
    ],
    [
      ['books', 'entries'],
      ['--from', '--to', '--limit', '--key', '--model', 'Examples:'],
    ],
    [['books', 'verify'], ['--json']],
    [
      ['books', 'reprice'],
      ['--from', '--model', '--dry-run', 'stop the server first', 'exit code is 73'],
    ],
    [
      ['books', 'adjust'],
      ['--amount', '--reason', 'stop the server first', 'exit code is 73'],
    ],
    [
      ['books', 'rebuild'],
      ['stop the server first', 'exit code is 73'],
    ],
    [
      ['books', 'forget'],
      ['--before', '--archive', '--dry-run', 'stop the server first', 'exit code is 73'],
    ],
    [
      ['race', 'run'],
      ['--champion', '--challenger', '--margin', '--grader', '--budget', '--aa', 'Examples:', 'Exit codes'],
    ],
    [
      ['race', 'plan'],
      ['--margin', '--power', '--per-day', 'Examples:'],
    ],
    [['doctor'], ['--json', 'Exit code']],
  ])('paddock %j --help says what there is', async (command, words) => {
    await using workspace = openWorkspace()
    const { code, out } = await workspace.run([...command, '--help'])
    expect(code).toBe(0)
    for (const word of words) expect(out).toContain(word)
  })

  it.each([
    ['an unknown command', ['fly'], 1, /unknown command|too many arguments|fly/],
    ['a port that is none', ['serve', '--port', '70000'], 2, /whole number from 0 to 65535; got "70000"/],
    ['a file that is not there', ['serve', '--config', 'nowhere.yaml'], 78, /nowhere\.yaml cannot be read/],
    ['a model without a provider', ['prices', 'quote', '--model', 'small', '--input', '1'], 2, /provider\/model/],
    [
      'a scope that is none',
      ['keys', 'create', '--name', 'x', '--scopes', 'fly'],
      2,
      /--scopes takes call, read, admin; got "fly"/,
    ],
    ['a date that has passed', ['keys', 'create', '--name', 'x', '--expires', '2001-01-01'], 2, /a date to come/],
    [
      'a date that is none',
      ['keys', 'create', '--name', 'x', '--expires', '2027-02-31'],
      2,
      /a date to come .*; got "2027-02-31"/,
    ],
    ['a date in words', ['keys', 'create', '--name', 'x', '--expires', 'never 2030'], 2, /a date to come/],
    ['a key of a long name', ['keys', 'revoke', 'k'.repeat(200)], 2, /There is no key k{63}…\./],
    ['an entry of a long name', ['books', 'show', 'e'.repeat(200)], 2, /the id "e{63}…"/],
    ['a key that is not there', ['keys', 'revoke', 'nobody'], 2, /There is no key nobody/],
  ])('%s is told apart by its exit code', async (_what, command, code, says) => {
    await using workspace = openWorkspace()
    const result = await workspace.run(command)
    expect(result.code).toBe(code)
    expect(result.err).toMatch(says)
    expect(result.err).not.toMatch(/\bat .*\.js:\d+/)
  })

  it('points at the line of a mistake in paddock.yaml', async () => {
    await using workspace = openWorkspace('providers:\n  lab: { base_url: http://127.0.0.1:1/v1, colour: red }\n')
    const { code, err } = await workspace.run(['serve', '--port', '0'])
    expect(code).toBe(78)
    expect(err).toMatch(/paddock\.yaml:2:\d+: providers\.lab: .*colour/)
  })

  it('points at the line of a mistake in a price', async () => {
    await using workspace = openWorkspace(
      'prices:\n  - { model: lab/small, currency: CNY, per: 1000000, input: 0.049999999999999996 }\n',
    )
    const { code, err } = await workspace.run(['prices', 'check'])
    expect(code).toBe(78)
    expect(err).toMatch(/paddock\.yaml:2:\d+.*did you mean 0\.05\?/)
  })

  it('makes, lists and revokes keys, and shows a key once', async () => {
    await using workspace = openWorkspace()
    const { id, key } = await workspace.makeKey('--team', 'research', '--expires', '30d')
    const listed = await workspace.run(['keys', 'list', '--json'])
    const row = JSON.parse(listed.out) as Record<string, unknown>
    expect(row).toMatchObject({ id, team: 'research', scopes: ['call'], revoked_at: null })
    expect(listed.out).not.toContain(key.slice(-20))
    expect((await workspace.run(['keys', 'revoke', id])).code).toBe(0)
    expect(
      (JSON.parse((await workspace.run(['keys', 'list', '--json'])).out) as Record<string, unknown>)['revoked_at'],
    ).not.toBeNull()
  })

  it('doctor finds what is wrong and what is right', async () => {
    await using workspace = openWorkspace()
    const good = await workspace.run(['doctor', '--json'])
    expect(good.code).toBe(0)
    expect(JSON.parse(good.out)).toMatchObject({ ok: true })
    writeFileSync(join(workspace.folder, 'paddock.yaml'), 'nonsense: true')
    const bad = await workspace.run(['doctor', '--json'])
    expect(bad.code).toBe(1)
    expect(JSON.parse(bad.out)).toMatchObject({
      ok: false,
      findings: [{ check: 'node' }, { check: 'configuration', result: 'fault' }],
    })
  })

  it.each<[what: string, yaml: string, environment: Record<string, string>, result: string, detail: RegExp]>([
    ['a key', '', { OPENAI_API_KEY: 'sk-x' }, 'good', /^openai$/],
    ['a base URL without a key', '', { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }, 'note', /none is set up/],
    ['a foreign key', '', { LLAMA_CLOUD_API_KEY: 'x' }, 'note', /none is set up/],
    ['a second key', '', { OPENAI_API_KEY: 'x', OPENAI_EAST_API_KEY: 'y' }, 'good', /^openai, openai-east$/],
    ['models without a key', 'providers: { openai: { models: [m] } }', {}, 'fault', /providers\.openai has no key/],
    [
      'a route to nobody',
      'routes: [{ name: chat, candidates: [{ model: nobody/m }] }]',
      {},
      'fault',
      /names nobody\/m, which no provider offers/,
    ],
  ])('doctor says what a start would find of %s', async (_what, yaml, environment, result, detail) => {
    await using workspace = openWorkspace(yaml)
    const { out, code } = await workspace.run(['doctor', '--json'], environment)
    const { findings } = JSON.parse(out) as { findings: { check: string; result: string; detail: string }[] }
    const found = findings.find(({ check }) => check === 'providers')
    expect(found).toMatchObject({ result, detail: expect.stringMatching(detail) as string })
    expect(code).toBe(result === 'fault' ? 1 : 0)
    const routes = await workspace.run(['routes', 'list'], environment)
    expect(routes.code).toBe(result === 'fault' ? 78 : 0)
    if (result === 'fault') expect(routes.err).toContain(found?.detail)
  })

  it('doctor passes on what a start would warn of', async () => {
    const yaml = 'routes: [{ name: chat, candidates: [{ model: openai/m }, { model: practice/gemini-1.5-flash }] }]\n'
    await using workspace = openWorkspace(`${yaml}practice: { enabled: true }`)
    const { out } = await workspace.run(['doctor'])
    expect(out).toMatch(/routes +note +openai\/m is not used by route chat/)
  })
})
