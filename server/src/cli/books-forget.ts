import type { Command } from 'commander'
import { PaddockError } from '../base/errors.ts'
import { readBudgetRules } from '../books/budgets/rules.ts'
import { EXPORT_FORMATS } from '../books/export.ts'
import type { ForgottenMonth } from '../books/retention/forget.ts'
import { latestMark } from '../books/retention/latest-mark.ts'
import { isMonth, oneOf, wrongArgument } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import type { OpenLeagues } from './leagues.ts'
import { OWNS_FOLDER, withCommonOptions } from './options.ts'
import { withOpen } from './with-open.ts'

type ForgetOptions = CommonOptions & {
  readonly before: string
  readonly archive?: string
  readonly format: string
  readonly dryRun?: boolean
}

export type ForgetTools = {
  readonly openLeagues: OpenLeagues
  /** From when on open races read entries; null where none is open. */
  readonly racesNeedFrom: (options: CommonOptions) => Promise<number | null>
}

/** `paddock books forget`: lets the entries of old months go, and keeps what they add up to. */
export function addForget(books: Command, context: CliContext, tools: ForgetTools): void {
  withCommonOptions(books.command('forget'))
    .description('remove the entries of old months and keep their sums; while no server runs')
    .requiredOption('--before <month>', 'the first month whose entries stay, such as 2024-05, in server.zone')
    .option('--archive <folder>', 'write them to files in this folder first, one a month, with its SHA-256 beside')
    .option('--format <format>', `of these files: ${EXPORT_FORMATS.join(' or ')}`, 'csv')
    .option('--dry-run', 'say what would be removed and remove nothing')
    .addHelpText(
      'after',
      `${OWNS_FOLDER}A server forgets by itself with books.keep_months.\n\nExamples:\n  paddock books forget --before 2024-05 --dry-run\n  paddock books forget --before 2024-05 --archive /srv/archive`,
    )
    .action((options: ForgetOptions) => forget(context, options, tools))
}

async function forget(context: CliContext, options: ForgetOptions, tools: ForgetTools): Promise<void> {
  const { before, archive, dryRun = false } = options
  const format = oneOf(options.format, '--format', EXPORT_FORMATS) ?? 'csv'
  const { zone, budgets } = context.config(options)
  if (!isMonth(before)) throw wrongArgument('--before', 'takes a month such as 2024-05', before)
  const rules = readBudgetRules(budgets, zone, await context.enteredBudgets(options))
  const neededFrom = await tools.racesNeedFrom(options)
  const latest = latestMark(context.clock.now(), zone, { rules, neededFrom })
  if (before > latest) throw stillNeeded(before, latest)
  const request = { before, zone, dryRun, archive: archive === undefined ? null : { folder: archive, format } }
  await withOpen(context.openOwnedBooks(options), async (own) => {
    // Leagues count entries: those that are not counted yet must be before they go.
    if (!dryRun) await withOpen(tools.openLeagues(options), (leagues) => leagues.collect())
    const months: ForgottenMonth[] = []
    for await (const month of own.forget(request)) {
      months.push(month)
      if (options.json === true) context.output.json({ ...month, dry_run: dryRun })
      else context.output.note(`${month.month}: ${month.entries} entries`)
    }
    if (options.json !== true) context.output.line(summary(months, dryRun))
  })
}

function stillNeeded(before: string, latest: string): PaddockError {
  return new PaddockError('argument_invalid', {
    message: `--before ${before} would take entries that budgets, open races, or this month and the last, still count. The latest month it takes today is ${latest}.`,
  })
}

function summary(months: readonly ForgottenMonth[], dryRun: boolean): string {
  const last = months.at(-1)
  if (last === undefined) return 'There are no entries so old.'
  const entries = months.reduce((sum, month) => sum + month.entries, 0)
  return dryRun
    ? `${entries} entries would be removed; those from ${last.to} on would stay.`
    : `${entries} entries were removed; their sums stay. Entries are complete from ${last.to}.`
}
