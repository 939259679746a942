import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { parse } from 'csv-parse/sync'
import { isDecimal } from '@paddock/contract/decimal'
import { PaddockError } from '../base/errors.ts'
import { isCurrency } from '../money/currency.ts'
import { dayName, dayNumber } from '../leagues/day.ts'
import type { Leagues } from '../leagues/leagues.ts'
import type { Spend } from '../leagues/channels.ts'
import { DIMENSIONS } from '../leagues/tables.ts'
import { share } from '../leagues/growth.ts'
import { oneOf, readCount, wrongArgument } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { examplesOf, withCommonOptions } from './options.ts'
import { printRows } from './output.ts'
import { withOpen } from './with-open.ts'

export type OpenLeagues = (options: CommonOptions) => Promise<Leagues & { close(): Promise<void> }>

type SpanOptions = CommonOptions & { readonly from?: string; readonly to?: string }
type TableOptions = SpanOptions & { readonly by: string; readonly limit: string }
type ActiveOptions = SpanOptions & { readonly by: string; readonly of?: string }
type RetentionOptions = SpanOptions & { readonly period: string }

const SPAN_DAYS = 30
const examples = examplesOf('leagues')

/** `paddock leagues`: who uses what, how much, and how fast it grows. */
export function leaguesCommand(context: CliContext, open: OpenLeagues): Command {
  const leagues = new Command('leagues').description('who uses what, how much, and how fast it grows')
  withSpan(leagues.command('table'))
    .description('calls, tokens and active members of each, with growth over the span before')
    .option('--by <what>', `one of ${DIMENSIONS.join(', ')}`, 'model')
    .option('--limit <count>', 'lines', '20')
    .addHelpText('after', examples('table --by app --from 2024-05-01 --to 2024-06-01'))
    .action((options: TableOptions) => table(context, open, options))
  withSpan(leagues.command('active'))
    .description('daily, weekly and monthly active members of each day')
    .option('--by <what>', `one of ${DIMENSIONS.join(', ')}`, 'all')
    .option('--of <value>', 'of which application, model, provider or team')
    .addHelpText('after', examples('active', 'active --by app --of writer --json'))
    .action((options: ActiveOptions) => active(context, open, options))
  withSpan(leagues.command('retention'))
    .description('how many of those who came first in a period came again in each later one')
    .option('--period <days>', 'days of a period', '7')
    .action((options: RetentionOptions) => retention(context, open, options))
  withSpan(leagues.command('channels'))
    .description('where new members came from, and what each of them cost')
    .action((options: SpanOptions) => channels(context, open, options))
  withCommonOptions(leagues.command('spend'))
    .description(
      'take in what was spent on channels: a CSV file with day, channel, amount, currency and, if known, ads',
    )
    .argument('<file>', 'the CSV file; the same day and channel again replaces what was taken in before')
    .action((file: string, options: CommonOptions) => spend(context, open, { ...options, file }))
  withCommonOptions(leagues.command('rebuild'))
    .description('count everything anew from the entries')
    .action((options: CommonOptions) => rebuild(context, open, options))
  return leagues
}

async function table(context: CliContext, open: OpenLeagues, options: TableOptions): Promise<void> {
  const dimension = oneOf(options.by, '--by', DIMENSIONS) ?? 'model'
  const limit = readCount(options.limit, '--limit', { from: 1, digitsMax: 6 })
  const days = readDays(options)
  const rows = await withLeagues(open, options, (leagues) =>
    leagues.standings({ dimension, limit, ...spanOf(days, context, leagues) }),
  )
  printRows(context.output, options, {
    rows,
    head: [dimension.toUpperCase(), 'CALLS', 'SHARE', 'GROWTH', 'TOKENS', 'GROWTH', 'ACTIVE', 'GROWTH'],
    cells: (row) => [
      row.value,
      String(row.calls),
      percent(row.calls_share),
      times(row.calls_growth),
      String(row.tokens),
      times(row.tokens_growth),
      String(row.active),
      times(row.active_growth),
    ],
  })
}

async function active(context: CliContext, open: OpenLeagues, options: ActiveOptions): Promise<void> {
  const dimension = oneOf(options.by, '--by', DIMENSIONS) ?? 'all'
  if (dimension !== 'all' && options.of === undefined) {
    throw new PaddockError('argument_invalid', { message: `--by ${dimension} needs --of, such as --of writer.` })
  }
  const days = readDays(options)
  const of = { dimension, value: options.of ?? '' }
  const rows = await withLeagues(open, options, (leagues) =>
    leagues.activity({ ...of, ...spanOf(days, context, leagues) }),
  )
  const object = ({ day, ...counts }: (typeof rows)[number]): object => ({
    day: dayName(day),
    ...counts,
    stickiness: share(counts.daily, counts.monthly),
  })
  printRows(context.output, options, {
    rows,
    object,
    head: ['DAY', 'DAILY', 'WEEKLY', 'MONTHLY', 'DAILY/MONTHLY'],
    cells: ({ day, daily, weekly, monthly }) => [
      dayName(day),
      String(daily),
      String(weekly),
      String(monthly),
      percent(share(daily, monthly)),
    ],
  })
}

async function retention(context: CliContext, open: OpenLeagues, options: RetentionOptions): Promise<void> {
  const periodDays = readCount(options.period, '--period', { from: 1, digitsMax: 3 })
  const days = readDays(options)
  const rows = await withLeagues(open, options, (leagues) =>
    leagues.retention({ ...spanOf(days, context, leagues), periodDays }),
  )
  printRows(context.output, options, {
    rows,
    object: ({ from, ...cohort }) => ({ from: dayName(from), ...cohort }),
    head: ['CAME FIRST', 'MEMBERS', ...rows.map((_, index) => `+${index}`)],
    cells: ({ from, members, active: came }) => [
      dayName(from),
      String(members),
      ...rows.map((_, index) => (index < came.length ? percent(share(came[index] ?? 0, members)) : '')),
    ],
  })
}

async function channels(context: CliContext, open: OpenLeagues, options: SpanOptions): Promise<void> {
  const days = readDays(options)
  const rows = await withLeagues(open, options, (leagues) => leagues.channels(spanOf(days, context, leagues)))
  printRows(context.output, options, {
    rows,
    head: ['CHANNEL', 'NEW MEMBERS', 'SHARE', 'SPENT', '', 'EACH', 'ADS', 'SHARE'],
    cells: (row) => [
      row.channel,
      String(row.new_members),
      percent(row.new_members_share),
      row.spent ?? '',
      row.currency ?? '',
      row.cost_per_new_member ?? '',
      String(row.ads),
      percent(row.ads_share),
    ],
  })
}

type SpendOptions = CommonOptions & { readonly file: string }

async function spend(context: CliContext, open: OpenLeagues, options: SpendOptions): Promise<void> {
  const spends = readSpends(options.file)
  await withOpen(open(options), (leagues) => {
    leagues.importSpend(spends)
    return Promise.resolve()
  })
  if (options.json === true) context.output.json({ taken: spends.length })
  else context.output.line(`Took in ${spends.length} lines of ${options.file}.`)
}

async function rebuild(context: CliContext, open: OpenLeagues, options: CommonOptions): Promise<void> {
  const entries = await withOpen(open(options), (leagues) => leagues.rebuild())
  if (options.json === true) context.output.json({ entries })
  else context.output.line(`Counted ${entries} entries anew.`)
}

/** What is in the ledger by now is counted first. */
function withLeagues<Result>(
  open: OpenLeagues,
  options: CommonOptions,
  act: (leagues: Leagues) => Promise<Result>,
): Promise<Result> {
  return withOpen(open(options), async (leagues) => {
    await leagues.collect()
    return await act(leagues)
  })
}

/** Throws `argument_invalid` with the line and column at fault. */
function readSpends(file: string): Spend[] {
  const refuse = (message: string): PaddockError =>
    new PaddockError('argument_invalid', { message: `${file}: ${message}` })
  let records: { record: Record<string, string>; info: { lines: number } }[]
  try {
    records = parse(readFileSync(file), { columns: true, bom: true, info: true, skip_empty_lines: true, trim: true })
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : String(cause))
  }
  return records.map(({ record, info: { lines } }) => {
    const { day = '', channel = '', amount = '', currency = '', ads = '0' } = record
    const wrong = (column: string, takes: string, got: string): PaddockError =>
      refuse(`line ${lines}: ${column} takes ${takes}; got "${got.slice(0, 60)}".`)
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(dayNumber(day)))
      throw wrong('day', 'a date such as 2024-05-21', day)
    if (channel === '') throw wrong('channel', 'a name', channel)
    if (!isDecimal(amount) || amount.startsWith('-')) throw wrong('amount', 'a decimal such as 1200.50', amount)
    if (!isCurrency(currency)) throw wrong('currency', 'three capital letters such as CNY', currency)
    if (!/^\d{1,12}$/.test(ads)) throw wrong('ads', 'a whole number', ads)
    return { day: dayNumber(day), channel, amount, currency, ads: Number(ads) }
  })
}

function withSpan(command: Command): Command {
  return withCommonOptions(command)
    .option('--from <day>', `the first day, such as 2024-05-01; else ${SPAN_DAYS} days before the last`)
    .option('--to <day>', 'the day after the last; else tomorrow')
}

/** The days that are named, null for those that are not. */
type AskedDays = { readonly from: number | null; readonly to: number | null }

function readDays({ from, to }: SpanOptions): AskedDays {
  return {
    from: from === undefined ? null : readDay(from, '--from'),
    to: to === undefined ? null : readDay(to, '--to'),
  }
}

/** Today is the day where the days are counted. */
function spanOf(asked: AskedDays, { clock }: CliContext, leagues: Leagues): { from: number; to: number } {
  const to = asked.to ?? leagues.dayOf(clock.now()) + 1
  const from = asked.from ?? to - SPAN_DAYS
  if (from < to) return { from, to }
  throw new PaddockError('argument_invalid', { message: `--from ${dayName(from)} is not before --to ${dayName(to)}.` })
}

function readDay(text: string, option: string): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? dayNumber(text) : NaN
  if (!Number.isNaN(day)) return day
  throw wrongArgument(option, 'takes a day such as 2024-05-21', text)
}

function percent(value: number | null): string {
  return value === null ? '' : `${value.toFixed(1)} %`
}

function times(value: number | null): string {
  return value === null ? '' : `×${value.toFixed(1)}`
}
