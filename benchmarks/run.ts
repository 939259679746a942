import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'

/**
 * `npm run bench [-- name …]`: runs each benchmark in a process of its own, prints what it measured, and keeps it as JSON
 * under results/. Machines are noisy and differ: what counts are the ratios within one run.
 */

const here = import.meta.dirname
const NOT_BENCHMARKS = new Set(['run.ts'])

type Measured = { readonly name: string; readonly figures: Readonly<Record<string, number>> }

const wanted = process.argv.slice(2)
const names = readdirSync(here)
  .filter((file) => file.endsWith('.ts') && !NOT_BENCHMARKS.has(file))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name))
if (names.length === 0) throw new Error(`there is no benchmark called ${wanted.join(' or ')}`)

const measured: Measured[] = []
for (const name of names) {
  const figures = await runOne(name)
  measured.push({ name, figures })
  console.log(`\n${name}`)
  for (const [figure, value] of Object.entries(figures)) console.log(`  ${figure.padEnd(44)} ${value}`)
}
const results = join(here, 'results')
mkdirSync(results, { recursive: true })
const at = new Date().toISOString()
const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length }
writeFileSync(
  join(results, `${at.slice(0, 19).replaceAll(':', '-')}.json`),
  `${JSON.stringify({ at, machine, measured }, null, 2)}\n`,
)

/** A benchmark prints one JSON object of figures on its last line. */
function runOne(name: string): Promise<Record<string, number>> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--conditions=paddock-source', '--import', 'tsx', join(here, `${name}.ts`)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let out = ''
    child.stdout.on('data', (part: Buffer) => (out += part.toString()))
    child.once('exit', (code) => {
      const last = out.trim().split('\n').at(-1) ?? ''
      if (code === 0) resolve(JSON.parse(last) as Record<string, number>)
      else reject(new Error(`the benchmark ${name} exited with ${code}`))
    })
  })
}
