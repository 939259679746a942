import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { asPaddockError } from '../base/errors.ts'
import { PROVIDERS } from '../providers/all.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'

/** One thing that was looked at. `note` is worth knowing, `fault` stops something from working. */
type Finding = { readonly check: string; readonly result: 'good' | 'note' | 'fault'; readonly detail: string }

const FREE_BYTES_WANTED = 1024 ** 3
const NODE_MAJORS_TESTED: readonly number[] = [20, 22, 24]

/** `paddock doctor`: looks at everything a server needs, changes nothing, and says what to mend. */
export function doctorCommand(context: CliContext): Command {
  return withCommonOptions(new Command('doctor'))
    .description('look at everything the server needs and say what to mend')
    .addHelpText('after', '\nExit code 0 when nothing is at fault, 1 otherwise.')
    .action(async (options: CommonOptions) => {
      const findings = await examine(context, options)
      if (options.json === true)
        context.output.json({ ok: findings.every(({ result }) => result !== 'fault'), findings })
      else
        context.output.table(
          ['CHECK', 'RESULT', 'DETAIL'],
          findings.map(({ check, result, detail }) => [check, result, detail]),
        )
      if (findings.some(({ result }) => result === 'fault')) process.exitCode = 1
    })
}

async function examine(context: CliContext, options: CommonOptions): Promise<Finding[]> {
  const findings: Finding[] = [nodeVersion()]
  const config = attempt(findings, 'configuration', () => {
    const read = context.config(options)
    return { value: read, detail: read.configFile ?? 'no paddock.yaml, and none is needed' }
  })
  if (!config) return findings
  findings.push(...folderState(config.dataFolder))
  await pricesState(context, options, findings)
  findings.push(providersState(config.environment, Object.keys(config.providers)))
  if (existsSync(join(config.dataFolder, 'paddock.db'))) await booksState(context, options, findings)
  return findings
}

function nodeVersion(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  const tested = NODE_MAJORS_TESTED.includes(major)
  return {
    check: 'node',
    result: tested ? 'good' : 'note',
    detail: tested
      ? process.versions.node
      : `${process.versions.node} is not one of those tested: ${NODE_MAJORS_TESTED.join(', ')}`,
  }
}

function folderState(folder: string): Finding[] {
  if (!existsSync(folder))
    return [{ check: 'data folder', result: 'note', detail: `${folder} is not there yet; the first start makes it` }]
  const findings: Finding[] = []
  attempt(findings, 'data folder', () => {
    accessSync(folder, constants.R_OK | constants.W_OK)
    const open = (statSync(folder).mode & 0o077) !== 0
    return {
      value: null,
      detail: open ? `${folder}; others on this machine can read it (chmod 700 ends that)` : folder,
      note: open,
    }
  })
  attempt(findings, 'free space', () => {
    const { bavail, bsize } = statfsSync(folder)
    const free = bavail * bsize
    return { value: null, detail: `${(free / 1024 ** 3).toFixed(1)} GiB`, note: free < FREE_BYTES_WANTED }
  })
  return findings
}

async function pricesState(context: CliContext, options: CommonOptions, findings: Finding[]): Promise<void> {
  try {
    const prices = await context.openPrices(options)
    const rows = prices.rows({}).length
    findings.push({ check: 'price book', result: 'good', detail: `${rows} rows` })
    for (const { message } of prices.problems) findings.push({ check: 'price book', result: 'note', detail: message })
  } catch (thrown) {
    findings.push({ check: 'price book', result: 'fault', detail: asPaddockError(thrown).message })
  }
}

function providersState(
  environment: Readonly<Record<string, string | undefined>>,
  configured: readonly string[],
): Finding {
  const found = PROVIDERS.filter(({ keyEnv, baseUrlEnv }) =>
    [...keyEnv, ...baseUrlEnv].some((name) => (environment[name] ?? '') !== ''),
  ).map(({ id }) => id)
  const all = [...new Set([...configured, ...found])]
  return all.length > 0
    ? { check: 'providers', result: 'good', detail: all.join(', ') }
    : {
        check: 'providers',
        result: 'note',
        detail:
          'none is set up, so the practice provider answers; set a key such as OPENAI_API_KEY, or write paddock.yaml',
      }
}

async function booksState(context: CliContext, options: CommonOptions, findings: Finding[]): Promise<void> {
  try {
    const books = await context.openBooks(options)
    const { ok, entries, problems } = await books.verify()
    await books.close()
    findings.push({
      check: 'books',
      result: ok ? 'good' : 'fault',
      detail: ok ? `${entries} entries, all sums agree` : problems.join('; '),
    })
  } catch (thrown) {
    findings.push({ check: 'books', result: 'fault', detail: asPaddockError(thrown).message })
  }
}

type Looked<Value> = { readonly value: Value; readonly detail: string; readonly note?: boolean }

/** Notes what was found, or the fault that kept it from being looked at. */
function attempt<Value>(findings: Finding[], check: string, look: () => Looked<Value>): Value | null {
  try {
    const { value, detail, note } = look()
    findings.push({ check, result: note === true ? 'note' : 'good', detail })
    return value
  } catch (thrown) {
    const { message, cause } = asPaddockError(thrown)
    findings.push({ check, result: 'fault', detail: cause instanceof Error ? cause.message : message })
    return null
  }
}
