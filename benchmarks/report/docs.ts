import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { figuresTable, growthPlot, growthTable, harnessTable, startTable } from './book-pages.ts'
import { gatewayPlots, requestTables, streamTables } from './gateway-pages.ts'
import { newestGateway } from './gateway-figures.ts'
import { newestResult, type Found, type Machine } from './results.ts'
import { targetsTable } from './targets.ts'

/** `npm run bench -- docs`: the tables of docs/benchmarks.md, between their markers, and its plots, from the newest results. */

const DOCS = join(import.meta.dirname, '..', '..', 'docs')
const PAGE = join(DOCS, 'benchmarks.md')
const IMAGES = join(DOCS, 'images')

/** Averages above this mean that others were working on the machine. The measurement itself keeps both cores busy. */
const QUIET_LOAD_MAX = 0.7

export function writeDocs(): void {
  const gateway = newestGateway()
  if (!gateway) throw new Error('nothing was measured yet: npm run bench -- gateway')
  const start = newestResult('start', 'peers')
  const growth = newestResult('growth', 'sizes')
  const asTable = (name: string, figure: string): [string, string | null] => [
    name,
    section(newestResult(name, figure), figuresTable),
  ]
  const sections: Readonly<Record<string, string | null>> = {
    targets: targetsTable(gateway, start),
    requests: `${measuredOn(gateway)}\n\n${requestTables(gateway)}`,
    streams: streamTables(gateway),
    start: section(start, startTable),
    harness: section(newestResult('harness', 'peers'), harnessTable),
    growth: section(growth, growthTable),
    ...Object.fromEntries([
      asTable('whatif', '100 million requests: cells'),
      asTable('leagues', 'entries counted a second'),
      asTable('journal', 'entries verified a second'),
    ]),
  }
  const page = readFileSync(PAGE, 'utf8')
  writeFileSync(
    PAGE,
    Object.entries(sections).reduce((text, [name, body]) => fill(text, name, body), page),
  )
  mkdirSync(IMAGES, { recursive: true })
  const plots = { ...gatewayPlots(gateway), ...(growth ? { 'benchmarks-growth.svg': growthPlot(growth) } : {}) }
  for (const [name, svg] of Object.entries(plots)) writeFileSync(join(IMAGES, name), svg)
  console.log(`docs/benchmarks.md and ${Object.keys(plots).length} plots are as of ${gateway.at}`)
}

function section(found: Found | null, body: (found: Found) => string): string | null {
  return found && `${measuredOn(found)}\n\n${body(found)}`
}

function measuredOn({ at, machine }: { readonly at: string; readonly machine: Machine }): string {
  const { node, cpu, cores, load } = machine
  const averages = load === undefined ? '' : `, load average ${load.join(' before, ')} after`
  const busy = (load?.[0] ?? 0) > QUIET_LOAD_MAX
  const warning = busy ? ' **Others were working on this machine: times are too long, and ratios rough.**' : ''
  return `*${at.slice(0, 10)}, Node ${node.slice(1)}, ${cores} cores of ${cpu}${averages}.*${warning}`
}

/** Puts a section between its markers. One that was never measured says so. */
export function fill(page: string, name: string, body: string | null): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [page.indexOf(open), page.indexOf(close)]
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no place for ${name}: ${open} and ${close}`)
  return `${page.slice(0, from + open.length)}\n${body ?? `*Not measured yet: \`npm run bench -- ${name}\`.*`}\n${page.slice(to)}`
}
