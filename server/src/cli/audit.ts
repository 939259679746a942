import { Command } from 'commander'
import type { AuditLog } from '../callers/audit-log.ts'
import { instantOr, readCount } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { printRows } from './output.ts'
import { withOpen } from './with-open.ts'

export type OpenAudit = (options: CommonOptions) => Promise<AuditLog & { close(): Promise<void> }>

type ListOptions = CommonOptions & {
  readonly limit: string
  readonly from?: string
  readonly to?: string
  readonly action?: string
}

/** `paddock audit`: who changed what over the control plane, and whether the record of it is whole. */
export function auditCommand(context: CliContext, open: OpenAudit): Command {
  const audit = new Command('audit').description('who changed what, and whether the record of it is whole')
  withCommonOptions(audit.command('list'))
    .description('the audit log of all organisations, newest first')
    .option('--limit <count>', 'lines', '50')
    .option('--from <when>', 'from this day (midnight UTC) or instant on')
    .option('--to <when>', 'up to but without this day or instant')
    .option('--action <name>', 'only this action, or this subject: keys.create, keys')
    .addHelpText('after', '\nExample:\n  paddock audit list --action keys --json')
    .action((options: ListOptions) => list(context, open, options))
  withCommonOptions(audit.command('verify'))
    .description('work out every hash again; finds a record that was changed, removed or put elsewhere')
    .addHelpText(
      'after',
      '\nKeep the head elsewhere: with it, a cut-off end shows, too. Exit code 0 when all is whole, 1 otherwise.',
    )
    .action((options: CommonOptions) => verify(context, open, options))
  return audit
}

async function list(context: CliContext, open: OpenAudit, options: ListOptions): Promise<void> {
  const records = await withOpen(open(options), (log) =>
    log.page({
      organisationId: null,
      limit: readCount(options.limit, '--limit', { from: 1, digitsMax: 6 }),
      from: options.from === undefined ? undefined : instantOr(options.from, '--from', 0),
      to: options.to === undefined ? undefined : instantOr(options.to, '--to', 0),
      action: options.action,
    }),
  )
  printRows(context.output, options, {
    rows: records,
    head: ['SEQ', 'AT (UTC)', 'WHO', 'ACTION', 'TARGET', 'OUTCOME'],
    cells: ({ seq, at, actor, action, target, code }) => [
      String(seq),
      at,
      `${actor.kind} ${actor.name}`,
      action,
      target ?? '',
      code === null ? 'done' : `refused: ${code}`,
    ],
  })
}

async function verify(context: CliContext, open: OpenAudit, options: CommonOptions): Promise<void> {
  const found = await withOpen(open(options), (log) => log.verify())
  const { ok, records, head, problem } = found
  if (options.json === true) context.output.json(found)
  else if (problem) context.output.line(`Record ${problem.seq}: ${problem.what}. The ${records} before it are whole.`)
  else context.output.line(`${records} records, all whole. Head: ${head ?? 'none'}`)
  if (!ok) process.exitCode = 1
}
