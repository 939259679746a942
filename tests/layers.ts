import { readFileSync } from 'node:fs'

/** The layer table: for each folder of server/src, the folders it may import. */
export type Layers = ReadonlyMap<string, ReadonlySet<string>>

/** Reads the table between the two marks in ARCHITECTURE.md: it is the rule, not a picture of it. */
export function readLayers(): Layers {
  const [, table = ''] = readFileSync('ARCHITECTURE.md', 'utf8').split(/<!-- \/?layers -->/)
  const rows = table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => row.split('|').map((cell) => cell.trim()))
  return new Map(
    rows.map(([, folder = '', , uses = '']) => [
      folder.replaceAll('`', ''),
      new Set([...uses.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name)),
    ]),
  )
}

/** Folders in which a float must not come near the numbers. */
const EXACT = ['money', 'prices', 'books']
const INEXACT_MATH = ['round', 'floor', 'ceil', 'trunc', 'fround'].map((property) => ({
  object: 'Math',
  property,
  message: 'Amounts are BigInt fixed point: use money/.',
}))

/** The same table as the linter wants it. */
export function lintOverrides(layers: Layers): object[] {
  const folders = [...layers].map(([folder, allowed]) => {
    const others = [...layers.keys()].filter((name) => name !== folder && !allowed.has(name))
    const may = allowed.size === 0 ? 'nothing' : [...allowed].join(', ')
    return {
      files: [`server/src/${folder}/**`],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            // The contract has folders of the same names, and is everybody's.
            patterns: [
              {
                group: [...others.map((name) => `**/${name}/**`), '!@paddock/**'],
                message: `${folder} may import only: ${may}`,
              },
            ],
          },
        ],
      },
    }
  })
  const exact = {
    files: EXACT.map((folder) => `server/src/${folder}/**`),
    rules: {
      'no-restricted-globals': ['error', 'parseFloat'],
      'no-restricted-properties': ['error', ...INEXACT_MATH],
    },
  }
  const tests = {
    files: ['**/*.test.ts', 'tests/**', 'benchmarks/**', 'scripts/**', 'examples/**'],
    rules: {
      'max-lines-per-function': 'off',
      'max-params': 'off', // a row of a table is as wide as it is
      'no-console': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'typescript/no-non-null-assertion': 'off',
    },
  }
  const configs = { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } }
  const pages = { files: ['webkit/**', 'console/**'], plugins: ['react'] }
  return [...folders, exact, tests, configs, pages]
}
