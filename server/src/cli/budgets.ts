import { Command } from 'commander'
import { readKeyBudget } from '../books/budgets/budget.ts'
import { reportBudgets, type ReportedBudget } from '../books/budgets/report.ts'
import { readBudgetRules } from '../books/budgets/rules.ts'
import { openFxTable } from '../prices/fx.ts'
import { instantOr } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { printRows } from './output.ts'
import { withOpen } from './with-open.ts'

type ListOptions = CommonOptions & { readonly at?: string }

/** `paddock budgets`: what may be spent, and what is spent and held of it. */
export function budgetsCommand(context: CliContext): Command {
  const budgets = new Command('budgets').description('what may be spent, and what is left of it')
  withCommonOptions(budgets.command('list', { isDefault: true }))
    .description('every budget of everyone that has one, as it stands')
    .option('--at <when>', 'as they stood at this day (midnight UTC) or instant; else now')
    .addHelpText('after', '\nExamples:\n  paddock budgets\n  paddock budgets list --at 2024-05-17T12:00:00Z --json')
    .action((options: ListOptions) => list(context, options))
  return budgets
}

async function list(context: CliContext, options: ListOptions): Promise<void> {
  const rows = await report(context, options)
  printRows(context.output, options, {
    rows,
    head: ['SCOPE', 'NAME', 'BUDGET', 'WINDOW', 'SPENT', 'HELD', 'LEFT', 'UNTIL'],
    cells: (row) => [
      row.scope,
      row.name,
      `${plain(row.amount)} ${row.currency}${row.hard ? '' : ' (soft)'}`,
      row.until === null ? row.window : `${row.window} ${row.zone}`,
      plain(row.spent),
      plain(row.held),
      plain(row.left),
      row.until ?? '',
    ],
    notes: rows.length === 0 ? ['There are no budgets. docs/guide/budgets.md tells how to set one.'] : [],
  })
}

async function report(context: CliContext, options: ListOptions): Promise<ReportedBudget[]> {
  const { budgets, zone, fx } = context.config(options)
  const rules = readBudgetRules(budgets, zone, await context.enteredBudgets(options))
  const table = openFxTable(fx)
  const { keys, names } = await withOpen(context.openDirectory(options), async (directory) => ({
    keys: await directory.listKeys(),
    names: await directory.names(),
  }))
  const own = keys.map(
    ({ id, budget }) => [id, budget === null ? [] : [readKeyBudget(budget, { key: id, zone: rules.zone })]] as const,
  )
  return withOpen(context.openBooks(options), (books) =>
    reportBudgets({
      books,
      rules,
      own: new Map(own),
      known: { ...names, key: keys.filter(({ revoked_at }) => revoked_at === null) },
      convert: (amount, between) => table.convert(amount, between),
      now: instantOr(options.at, '--at', context.clock.now()),
    }),
  )
}

/** Without the zeros behind it. */
function plain(amount: string): string {
  return amount.replace(/\.?0+$/, '')
}
