import { Command } from 'commander'
import { PaddockError } from '../base/errors.ts'
import { SCOPES, type Scope } from '../callers/caller.ts'
import type { KeyRow, NewKey } from '../callers/directory.ts'
import { readInstant } from '../prices/instant.ts'
import { readNames, wrongArgument } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { readKeyOptions, withKeyOptions, type KeyOptions } from './key-options.ts'
import { withCommonOptions } from './options.ts'
import { printRows } from './output.ts'
import { withOpen } from './with-open.ts'

type CreateOptions = CommonOptions &
  KeyOptions & {
    readonly name: string
    readonly team?: string
    readonly user?: string
    readonly models?: string
    readonly scopes: string
    readonly expires?: string
  }

/** `paddock keys`: make, list, change and revoke the keys callers use. */
export function keysCommand(context: CliContext): Command {
  const keys = new Command('keys').description('make, list, change and revoke the keys callers use')
  withKeyOptions(withCommonOptions(keys.command('create')))
    .description('make a key; it is shown once and stored nowhere')
    .requiredOption('--name <name>', 'what the key is for')
    .option('--team <team>', 'the team it belongs to; made if there is none of this name')
    .option('--user <user>', 'the person it belongs to')
    .option('--models <list>', 'only these models or routes, such as chat,deepseek/*')
    .option('--scopes <list>', `what it may do: ${SCOPES.join(', ')}`, 'call')
    .option('--expires <when>', 'a date such as 2027-01-31, or a time from now such as 30d or 12h')
    .addHelpText(
      'after',
      '\nExamples:\n  paddock keys create --name laptop\n  paddock keys create --name batch --team research --models "deepseek/*" --expires 30d --json\n  paddock keys create --name trial --budget 10CNY/month --rpm 60 --max-tokens 4096',
    )
    .action((options: CreateOptions) => create(context, options))
  withCommonOptions(keys.command('list'))
    .description('all keys, without their secrets')
    .action((options: CommonOptions) => list(context, options))
  withKeyOptions(withCommonOptions(keys.command('set')))
    .description('change the limits or the budget of a key; running servers follow within two seconds')
    .argument('<key>', 'its id or its public part (sk-pdk-…)')
    .addHelpText(
      'after',
      '\nA limit of "none" lifts what the configuration sets for all keys; "default" leaves it to the configuration again.\n\nExamples:\n  paddock keys set sk-pdk-AbCdEfGhIjKl --budget 20CNY/month\n  paddock keys set sk-pdk-AbCdEfGhIjKl --budget none --rpm default',
    )
    .action((name: string, options: CommonOptions & KeyOptions) => change(context, name, options))
  withCommonOptions(keys.command('revoke'))
    .description('end a key; it stops working within two seconds')
    .argument('<key>', 'its id or its public part (sk-pdk-…)')
    .action((name: string, options: CommonOptions) => revoke(context, name, options))
  return keys
}

async function create(context: CliContext, options: CreateOptions): Promise<void> {
  const wanted = {
    name: options.name,
    team: options.team,
    user: options.user,
    scopes: readScopes(options.scopes),
    models: options.models === undefined ? null : readNames(options.models, '--models'),
    expiresAt: options.expires === undefined ? null : readExpiry(options.expires, context.clock.now()),
    ...readNewKeyOptions(options),
  }
  const made = await withOpen(context.openDirectory(options), (directory) => directory.createKey(wanted))
  if (options.json === true) context.output.json(made)
  else {
    context.output.line(made.key)
    context.output.note('This key is shown once. Keep it where secrets are kept.')
  }
}

async function list(context: CliContext, options: CommonOptions): Promise<void> {
  const rows = await withOpen(context.openDirectory(options), (directory) => directory.listKeys())
  printRows(context.output, options, {
    rows,
    head: ['ID', 'NAME', 'KEY', 'TEAM', 'SCOPES', 'MODELS', 'BUDGET', 'LIMITS', 'STATE'],
    cells: (row) => [
      row.id,
      row.name,
      `${row.public_part}…`,
      row.team,
      row.scopes.join(' '),
      row.models?.join(' ') ?? 'all',
      row.budget === null ? '' : `${row.budget.amount}/${row.budget.window}`,
      Object.entries(row.limits ?? {})
        .map(([field, value]) => `${field} ${value}`)
        .join(', '),
      stateOf(row, context.clock.now()),
    ],
  })
}

/** A new key has nothing to take a limit off from. */
function readNewKeyOptions(options: KeyOptions): Pick<NewKey, 'limits' | 'budget'> {
  const { limits, budget } = readKeyOptions(options)
  const kept = Object.entries(limits).filter(([, value]) => value !== null)
  return { limits: Object.fromEntries(kept), budget: budget ?? null }
}

async function change(context: CliContext, name: string, options: CommonOptions & KeyOptions): Promise<void> {
  const changes = readKeyOptions(options)
  if (changes.budget === undefined && Object.keys(changes.limits).length === 0) {
    throw new PaddockError('argument_invalid', {
      message: 'Say what to change: --budget, --rpm and the others that "paddock keys set --help" lists.',
    })
  }
  const row = await withOpen(context.openDirectory(options), (directory) => directory.changeKey(name, changes))
  if (options.json === true) context.output.json(row)
  else context.output.line(`Changed ${row.name} (${row.public_part}…). Running servers follow within two seconds.`)
}

async function revoke(context: CliContext, name: string, options: CommonOptions): Promise<void> {
  const row = await withOpen(context.openDirectory(options), (directory) => directory.revokeKey(name))
  if (options.json === true) context.output.json(row)
  else context.output.line(`Revoked ${row.name} (${row.public_part}…). Running servers refuse it within two seconds.`)
}

function stateOf(row: KeyRow, now: number): string {
  if (row.revoked_at !== null) return `revoked ${row.revoked_at.slice(0, 10)}`
  if (row.expires_at === null) return 'good'
  return Date.parse(row.expires_at) <= now
    ? `expired ${row.expires_at.slice(0, 10)}`
    : `until ${row.expires_at.slice(0, 10)}`
}

function readScopes(text: string): Scope[] {
  const names = readNames(text, '--scopes')
  const strange = names.find((name) => !(SCOPES as readonly string[]).includes(name))
  if (strange !== undefined) throw wrongArgument('--scopes', `takes ${SCOPES.join(', ')}`, strange)
  return names as Scope[]
}

const HOUR_MS = 3_600_000

function readExpiry(text: string, now: number): number {
  const span = /^(\d{1,5})([hd])$/.exec(text)
  if (span) return now + Number(span[1]) * (span[2] === 'd' ? 24 * HOUR_MS : HOUR_MS)
  const at = readInstant(text, 'UTC')
  if (at !== null && at > now) return at
  throw wrongArgument(
    '--expires',
    'takes a date to come such as 2027-01-31, or a time from now such as 30d or 12h',
    text,
  )
}
