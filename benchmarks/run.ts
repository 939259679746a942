import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { installPeers } from './peers/install.ts'
import { checkLimits, describe, type Limit } from './report/check.ts'
import { writeDocs } from './report/docs.ts'
import type { GatewayFigures } from './report/gateway-figures.ts'
import { keepResult, type Figures } from './report/results.ts'

/**
 * `npm run bench [-- name …]` runs each benchmark in a process of its own, prints what it measured, and keeps it as JSON
 * under results/. Machines are noisy and differ: what counts are the ratios within one run. Besides:
 * `-- install` brings the peers, `-- check` compares a short run with budget.json, `-- docs` writes docs/benchmarks.md anew.
 */

const here = import.meta.dirname
const NOT_BENCHMARKS = new Set(['run.ts'])

const wanted = process.argv.slice(2)
const [command] = wanted
if (command === 'install') installPeers()
else if (command === 'check') await check()
else if (command === 'docs') writeDocs()
else await runAll()

async function runAll(): Promise<void> {
  const names = readdirSync(here)
    .filter((file) => file.endsWith('.ts') && !NOT_BENCHMARKS.has(file))
    .map((file) => file.slice(0, -'.ts'.length))
  const unknown = wanted.filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    console.error(`There is no benchmark called ${unknown.join(' or ')}: ${names.join(', ')}, install, check, docs.`)
    process.exit(2)
  }
  for (const name of names.filter((each) => wanted.length === 0 || wanted.includes(each))) {
    const before = loadavg()[0] ?? 0
    const figures = await runOne(name)
    console.log(`\n${name}`)
    print(figures, '  ')
    const load = [before, loadavg()[0] ?? 0].map((average) => Number(average.toFixed(2)))
    const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, load }
    keepResult({ at: new Date().toISOString(), machine, measured: [{ name, figures }] })
  }
}

/** A benchmark prints one JSON object of figures on its last line. */
function runOne(name: string, environment: Readonly<Record<string, string>> = {}): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const args = ['--conditions=paddock-source', '--import', 'tsx', join(here, `${name}.ts`)]
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    })
    let out = ''
    child.stdout.on('data', (part: Buffer) => (out += part.toString()))
    child.once('close', (code) => {
      const last = out.trim().split('\n').at(-1) ?? ''
      if (code === 0) resolve(JSON.parse(last) as Figures)
      else reject(new Error(`the benchmark ${name} ended with ${code ?? 'a signal'}`))
    })
  })
}

function print(figures: Figures, indent: string): void {
  for (const [name, value] of Object.entries(figures)) {
    if (typeof value !== 'object') console.log(`${indent}${name.padEnd(44)} ${value}`)
    else if (value instanceof Array) console.log(`${indent}${name.padEnd(44)} ${value.join(', ')}`)
    else {
      console.log(`${indent}${name}`)
      print(value as Figures, `${indent}  `)
    }
  }
}

async function check(): Promise<void> {
  const { limits } = JSON.parse(readFileSync(join(here, 'budget.json'), 'utf8')) as { limits: readonly Limit[] }
  const of = (read: (limit: Limit) => string[]): string => [...new Set(limits.flatMap(read))].join(';')
  const environment = {
    ROUNDS: '3',
    SCENARIOS: of(({ scenario }) => [scenario]),
    PEERS: of((limit) => [limit.of, limit.to]),
  }
  const figures = (await runOne('gateway', environment)) as unknown as GatewayFigures
  const checked = checkLimits(limits, figures)
  console.log('')
  for (const each of checked) console.log(describe(each))
  if (checked.some(({ holds }) => !holds)) process.exitCode = 1
}
