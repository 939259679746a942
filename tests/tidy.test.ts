import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ERRORS } from '@paddock/contract/errors'
import { describe, expect, it } from 'vitest'
import { endpointsFile } from '../scripts/write-endpoints.ts'
import { PROVIDERS } from '../server/src/providers/all.ts'
import { lintOverrides, readLayers } from './layers.ts'

/** The repository's own rules, checked by a test instead of remembered by people. */

const read = (path: string): string => readFileSync(path, 'utf8')
// What git knows and what it would add: a file that is ignored is nobody's business.
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(path))
const code = files.filter((path) => /\.(ts|tsx|mjs|js)$/.test(path))
const sources = code.filter((path) => path.startsWith('server/src/'))
const production = sources.filter((path) => !/\.test(-d)?\.ts$/.test(path))
const prose = files.filter((path) => path.endsWith('.md'))

describe('structure', () => {
  it('lets every import follow the layer table in ARCHITECTURE.md', () => {
    const layers = readLayers()
    const strays: string[] = []
    for (const path of sources) {
      const [, , folder = ''] = path.split('/')
      const allowed = layers.get(folder)
      if (!allowed) continue
      for (const [, target = ''] of read(path).matchAll(/(?:from|import\() ?'(?:\.\.\/)+([\w-]+)\//g)) {
        if (layers.has(target) && target !== folder && !allowed.has(target)) strays.push(`${path} -> ${target}`)
      }
    }
    expect(strays).toEqual([])
  })

  it('has every folder of server/src in the layer table', () => {
    const folders = new Set(sources.map((path) => path.split('/')[2] ?? '').filter((name) => !name.includes('.')))
    expect([...folders].filter((folder) => !readLayers().has(folder))).toEqual([])
  })

  it('gives the linter the same table', () => {
    const { overrides } = JSON.parse(read('.oxlintrc.json')) as { overrides: unknown }
    expect(overrides, 'run: npx tsx scripts/write-layers.ts').toEqual(
      JSON.parse(JSON.stringify(lintOverrides(readLayers()))),
    )
  })

  it('keeps base a closed list of seven', () => {
    const base = production
      .filter((path) => path.startsWith('server/src/base/'))
      .map((path) => path.slice('server/src/base/'.length))
    expect(base.sort()).toEqual(['clock.ts', 'config.ts', 'errors.ts', 'http.ts', 'ids.ts', 'log.ts', 'yaml.ts'])
  })
})

describe('rules with ids', () => {
  it('cites every rule of every SPEC.md in a test, and no rule that is not there', () => {
    const specs = files.filter((path) => path.endsWith('SPEC.md'))
    const rules = new Set(
      specs.flatMap((path) => [...read(path).matchAll(/^- \*\*([A-Z]+\d+)\*\*/gm)].map(([, id = '']) => id)),
    )
    const tests = code.filter((path) => path.endsWith('.test.ts') && path !== 'tests/tidy.test.ts')
    const cited = new Set(tests.flatMap((path) => [...read(path).matchAll(/\[([A-Z]\d+)\]/g)].map(([, id = '']) => id)))
    expect(rules.size).toBeGreaterThan(0)
    expect({
      untested: [...rules].filter((id) => !cited.has(id)),
      unknown: [...cited].filter((id) => !rules.has(id)),
    }).toEqual({ untested: [], unknown: [] })
  })

  it('explains every error code in docs/reference/errors.md, with its status, and no other', () => {
    const rows = [...read('docs/reference/errors.md').matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)]
    const documented = Object.fromEntries(rows.map(([, code = '', status]) => [code, Number(status)]))
    const table = Object.fromEntries(Object.entries(ERRORS).map(([code, { status }]) => [code, status]))
    expect(documented).toEqual(table)
  })
})

/** What must not stand in our code, what to write instead, and where it may stand all the same. */
const BANNED: readonly [pattern: RegExp, instead: string, allowed: RegExp][] = [
  [/\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/, 'the injected clock', /^server\/src\/base\/clock\.ts$/],
  [/\bprocess\.env\b/, 'the Config it is read into', /^server\/src\/(base\/config|main)\.ts$/],
  [/\bprocess\.std(out|err)\b/, 'Output or Log', /^server\/src\/(cli\/output|base\/log)\.ts$/],
  [
    /\bvendor|\baccounts?\b|\breservation|\bquota\b|\butils?\b|\bhelper|\bmanager\b/i,
    'the words of CONTRIBUTING.md',
    /^$/,
  ],
  [/\b(TODO|FIXME|XXX|HACK)\b/, 'the thing itself', /^$/],
  [/\bMath\.random\(/, 'node:crypto, or a seeded generator that is handed in', /^$/],
]

describe('habits', () => {
  it.each(BANNED)('keeps %s out of the server (write %s instead)', (pattern, _instead, allowed) => {
    const found = production
      .filter((path) => !allowed.test(path))
      .flatMap((path) =>
        read(path)
          .split('\n')
          .map((line, index) => ({ place: `${path}:${index + 1}`, line }))
          .filter(({ line }) => pattern.test(line) && !isFact(line)),
      )
      .map(({ place, line }) => `${place}: ${line.trim()}`)
    expect(found).toEqual([])
  })

  it('names no provider in shared code', () => {
    const names = new RegExp(
      `\\b(${PROVIDERS.map(({ id }) => id)
        .filter((id) => id !== 'meta')
        .join('|')})\\b`,
      'i',
    )
    // Help shows names that people know; what is said there is never branched on.
    const shared = production.filter((path) => !/^server\/src\/(providers|cli)\//.test(path))
    const found = shared.flatMap((path) =>
      read(path)
        .split('\n')
        .map((line, index) => ({ place: `${path}:${index + 1}`, line: withoutComment(line) }))
        .filter(({ line }) => names.test(line.replaceAll(DIALECTS, '')))
        .map(({ place, line }) => `${place}: ${line.trim()}`),
    )
    expect(found).toEqual([])
  })

  it('skips no test, and asserts in none that true is true', () => {
    const skipped = code.filter(
      (path) =>
        path.endsWith('.test.ts') &&
        path !== 'tests/tidy.test.ts' &&
        /\.(skip|only|todo|skipIf)\b|expect\(true\)/.test(read(path)),
    )
    expect(skipped).toEqual([])
  })
})

/** Dialects are named after who made them up, and their headers, too. */
const DIALECTS = /openai-(chat|responses)|anthropic-(messages|version|beta)|OPENAI_EAST/g

/** Codes that others made up are facts: an error code of a provider may hold a word we do not use ourselves. */
function isFact(line: string): boolean {
  return /'[a-z_]*quota[a-z_]*'/.test(line)
}

function withoutComment(line: string): string {
  return /^\s*(\*|\/\/|\/\*)/.test(line) ? '' : line.replace(/\s\/\/ .*$/, '')
}

type Chunk = { readonly file: string; readonly css?: readonly string[]; readonly imports?: readonly string[] }

describe('pages', () => {
  const pages = code.filter((path) => /^(webkit|console)\/src\//.test(path))

  it('take shapes from the contract as types alone, and nothing from the server', () => {
    const strays = pages.flatMap((path) =>
      [...read(path).matchAll(/^(import|export)( type)?[^'\n]* from '(@paddock\/contract[^']*|[^']*server\/[^']*)'/gm)]
        .filter(([, , isType]) => isType === undefined)
        .map(([line]) => `${path}: ${line}`),
    )
    expect(strays).toEqual([])
  })

  it('lets webkit know nothing of the console', () => {
    const strays = pages.filter((path) => path.startsWith('webkit/') && /['/]console\//.test(read(path)))
    expect(strays).toEqual([])
  })

  it('knows where every endpoint is', () => {
    expect(
      read('webkit/src/api/endpoints.ts'),
      'run: npx tsx --conditions=paddock-source scripts/write-endpoints.ts',
    ).toBe(endpointsFile())
  })

  it('loads at most 260 kB to show the first page of the console', () => {
    const manifest = JSON.parse(read('console/dist/manifest.json')) as Record<string, Chunk>
    const loaded = new Set<string>()
    const load = (name: string): void => {
      const { file, css = [], imports = [] } = manifest[name]!
      if (loaded.has(file)) return
      for (const path of [file, ...css]) loaded.add(path)
      imports.forEach(load)
    }
    load('index.html')
    load('src/pages/overview/page.tsx')
    const bytes = [...loaded].reduce((sum, path) => sum + gzipSync(readFileSync(`console/dist/${path}`)).length, 0)
    expect(bytes).toBeLessThan(260_000)
  })
})

describe('documents', () => {
  it('links only to files that exist', () => {
    const broken = prose.flatMap((path) =>
      [...read(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(dirname(path), target)))
        .map((target) => `${path}: ${target}`),
    )
    expect(broken).toEqual([])
  })
})
