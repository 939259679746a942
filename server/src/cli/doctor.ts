import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { attempt, folderFindings, nodeFinding, type Finding } from '../control/findings.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import type { OpenRouting } from './routes.ts'
import { withOpen } from './with-open.ts'

/**
 * `paddock doctor`: looks at everything a server needs, and says what to mend. It writes only what opening the books writes:
 * a database of the present shape, and in it what a crash left in the journal.
 */
export function doctorCommand(context: CliContext, openRouting: OpenRouting): Command {
  return withCommonOptions(new Command('doctor'))
    .description('look at everything the server needs and say what to mend')
    .addHelpText('after', '\nExit code 0 when nothing is at fault, 1 otherwise.')
    .action(async (options: CommonOptions) => {
      const findings = await examine({ context, options, openRouting })
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

type Looking = { readonly context: CliContext; readonly options: CommonOptions; readonly openRouting: OpenRouting }

async function examine(parts: Looking): Promise<Finding[]> {
  const { context, options } = parts
  const findings: Finding[] = [nodeFinding()]
  const config = await attempt(findings, 'configuration', () => {
    const read = context.config(options)
    return { value: read, detail: read.configFile ?? 'no paddock.yaml, and none is needed' }
  })
  if (!config) return findings
  findings.push(...(await folderFindings(config.dataFolder)))
  // Routing takes part in prices: without them it would only say again what is wrong with those.
  if (await pricesState(parts, findings)) await routingState(parts, findings)
  if (existsSync(join(config.dataFolder, 'paddock.db'))) await booksState(parts, findings)
  return findings
}

/** Whether there are prices to go on with. */
async function pricesState({ context, options }: Looking, findings: Finding[]): Promise<boolean> {
  const prices = await attempt(findings, 'price book', async () => {
    const value = await context.openPrices(options)
    return { value, detail: `${value.rows({}).length} rows` }
  })
  for (const { message } of prices?.problems ?? [])
    findings.push({ check: 'price book', result: 'note', detail: message })
  return prices !== null
}

/** What a start would find: the same routing is asked that a server asks. */
async function routingState({ openRouting, options }: Looking, findings: Finding[]): Promise<void> {
  const table = await attempt(findings, 'providers', async () => {
    const { table: value } = await openRouting(options)
    const ids = value.providers.map(({ facts }) => facts.id)
    if (value.providers.some(({ facts }) => facts.practice !== true)) return { value, detail: ids.join(', ') }
    const detail =
      'none is set up, so the practice provider answers; set a key such as OPENAI_API_KEY, or write paddock.yaml'
    return { value, detail, note: true }
  })
  for (const warning of table?.warnings ?? []) findings.push({ check: 'routes', result: 'note', detail: warning })
}

async function booksState({ context, options }: Looking, findings: Finding[]): Promise<void> {
  await attempt(findings, 'books', async () => {
    const { ok, entries, problems } = await withOpen(context.openBooks(options), (books) => books.verify())
    if (!ok) throw new Error(problems.join('; '))
    return { value: null, detail: `${entries} entries, all sums agree` }
  })
}
