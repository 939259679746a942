import { ENTRY_STATES, type EntryRecord } from '@paddock/contract/entry'
import { Command } from 'commander'
import { isoInstant } from '../base/clock.ts'
import { excerpt, PaddockError } from '../base/errors.ts'
import type { Requote } from '../books/audit.ts'
import type { EntryFilter } from '../books/entry-rows.ts'
import { EXPORT_FORMATS, exportText, writeExport, type ExportFormat } from '../books/export.ts'
import type { BooksReader } from '../books/reader.ts'
import type { Verification } from '../books/verify.ts'
import { formatPico, type Pico } from '../money/fixed-point.ts'
import type { PriceBook } from '../prices/book.ts'
import { instantOr, oneOf, readCount } from './arguments.ts'
import { addCorrections } from './books-corrections.ts'
import { addForget, type ForgetTools } from './books-forget.ts'
import { addWhatIf } from './books-what-if.ts'
import { addReconcile } from './books-reconcile.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { examplesOf, withCommonOptions } from './options.ts'
import { withOpen } from './with-open.ts'

type FilterOptions = CommonOptions & {
  readonly from?: string
  readonly to?: string
  readonly key?: string
  readonly model?: string
  readonly state?: string
  readonly limit?: string
  readonly latest?: boolean
}

type ExportOptions = FilterOptions & { readonly format: string; readonly out?: string }

/** A table is for a person; more rows than this are for a program, and `--json` has no limit. */
const TABLE_ROWS = 50
const PROGRESS_EVERY = 50_000
const examples = examplesOf('books')

/** `paddock books`: lists, checks and exports what requests cost. */
export function booksCommand(context: CliContext, tools: ForgetTools): Command {
  const books = new Command('books').description(
    'list, check, export and correct what requests cost, and ask what they would cost elsewhere',
  )
  withFilter(books.command('entries'))
    .description('the entries, one per request, oldest first')
    .addHelpText(
      'after',
      examples('entries --latest --limit 10', 'entries --from 2026-11-01 --to 2026-12-01 --model lab/small --json'),
    )
    .action((options: FilterOptions) => list(context, options))
  withCommonOptions(books.command('show'))
    .description('one entry, with its attempts')
    .argument('<id>', 'the request id, as in the header x-request-id')
    .addHelpText('after', examples('show 01935b6e-7c4a-7d3e-9f21-5a8c0b6e4d17'))
    .action((id: string, options: CommonOptions) => show(context, id, options))
  withCommonOptions(books.command('verify'))
    .description(
      'add everything up anew, compare, and look at the checksum of each row; exit code 0 when all agrees, 1 when not',
    )
    .addHelpText('after', examples('verify', 'verify --json'))
    .action((options: CommonOptions) => verify(context, options))
  withFilter(books.command('export'))
    .description('all columns of the entries, for a spreadsheet or another program')
    .option('--format <format>', 'csv or jsonl', 'csv')
    .option('--out <file>', 'write to this file; without it, to standard output')
    .addHelpText(
      'after',
      examples(
        'export --from 2026-11-01 --to 2026-12-01 --out november.csv',
        'export --format jsonl | gzip > books.jsonl.gz',
      ),
    )
    .action((options: ExportOptions) => exportEntries(context, options))
  addWhatIf(books, context)
  addCorrections(books, context)
  addReconcile(books, context)
  addForget(books, context, tools)
  return books
}

function withFilter(command: Command): Command {
  return withCommonOptions(command)
    .option('--from <instant>', 'accepted at or after this: 2026-11-01 (midnight UTC) or 2026-11-01T08:00:00Z')
    .option('--to <instant>', 'accepted before this')
    .option('--key <id>', 'only of this key')
    .option('--model <model>', 'only of this model, with or without its provider')
    .option('--state <state>', `only in this state: ${ENTRY_STATES.join(', ')}`)
    .option('--limit <count>', 'at most this many')
    .option('--latest', 'newest first')
}

async function list(context: CliContext, options: FilterOptions): Promise<void> {
  const filter = readFilter(options)
  await withOpen(context.openBooks(options), async (books) => {
    await noteForgotten(context, books, filter)
    if (options.json === true) for await (const entry of books.entries(filter)) context.output.json(entry)
    else await listForPerson(context, books, filter)
  })
}

/** Less than was asked for must not look like all of it. */
async function noteForgotten({ output }: CliContext, books: BooksReader, { from = 0 }: EntryFilter): Promise<void> {
  const mark = await books.completeFrom()
  if (from < mark) output.note(`Entries before ${isoInstant(mark)} were forgotten; only their sums are left.`)
}

async function listForPerson({ output }: CliContext, books: BooksReader, filter: EntryFilter): Promise<void> {
  const limit = filter.limit ?? TABLE_ROWS
  const rows: string[][] = []
  for await (const entry of books.entries({ ...filter, limit })) rows.push(tableRow(entry))
  output.table(['AT', 'ID', 'STATE', 'MODEL', 'IN', 'OUT', 'COST', ''], rows)
  if (filter.limit === undefined && rows.length === TABLE_ROWS)
    output.note(`The first ${TABLE_ROWS}. --limit shows more, --latest the newest.`)
}

function tableRow({ at, id, state, provider, model, usage, cost, practice }: EntryRecord): string[] {
  const input = usage.input + usage.cached_input + usage.cache_write + usage.cache_write_1h
  const output = usage.output + usage.reasoning
  const amount = cost.amount === null ? 'no price' : `${cost.amount} ${cost.currency}`
  const extra = Object.entries(usage.extra ?? {}).map(([counter, units]) => `${units} ${counter}`)
  const more = [...extra, ...(practice ? ['practice'] : [])].join(', ')
  return [at, id, state, `${provider}/${model}`, String(input), String(output), amount, more]
}

async function show(context: CliContext, id: string, options: CommonOptions): Promise<void> {
  const entry = await withOpen(context.openBooks(options), (books) => books.find(id))
  if (entry === null) {
    throw new PaddockError('argument_invalid', {
      message: `There is no entry with the id "${excerpt(id)}". "paddock books entries" lists them; a request that was refused has none.`,
    })
  }
  if (options.json === true) context.output.json(entry)
  else context.output.line(JSON.stringify(entry, null, 2))
}

async function verify(context: CliContext, options: CommonOptions): Promise<void> {
  const { output } = context
  const requote = requoteBy(await context.openPrices(options))
  const found = await withOpen(context.openBooks(options), (books) =>
    books.verify({ requote, onProgress: progress(context, 'checked') }),
  )
  if (options.json === true) output.json(found)
  else {
    output.line(
      found.ok
        ? `${found.entries} entries, and every sum agrees.`
        : `${found.entries} entries, and something does not agree:`,
    )
    if (found.complete_from !== null)
      output.line(
        `${found.forgotten} entries before ${found.complete_from} were forgotten; their sums are compared with a digest.`,
      )
    for (const problem of found.problems) output.line(`  ${problem}`)
    if (found.unchecked > 0)
      output.line(
        `${found.unchecked} rows are of before there were checksums: a byte changed in them may go unnoticed.`,
      )
    for (const [currency, total] of Object.entries(found.totals))
      output.line(`${total} ${currency}${partsOf(found, currency)}`)
    for (const [currency, total] of Object.entries(found.practice_totals)) output.line(`${total} ${currency} practice`)
  }
  if (found.quarantined > 0)
    output.note(`${found.quarantined} damaged pieces of the journal lie in its folder "quarantine".`)
  if (!found.ok) process.exitCode = 1
}

/** Where something was lost on the way, what-if compares with less than the total. */
function partsOf({ costs, retry_loss }: Verification, currency: string): string {
  const lost = retry_loss[currency]
  if (lost === undefined) return ''
  const cost = costs[currency] ?? formatPico(0n as Pico)
  return ` = ${cost} for answers (the COST of "books whatif") + ${lost} for attempts that gave none`
}

/** By the price book as it was known when the entry was priced. */
function requoteBy(prices: PriceBook): Requote {
  return ({ provider, model, at, usage, cost, priced_as_of }) =>
    prices.quote({
      model: `${provider}/${model}`,
      at: Date.parse(at),
      usage,
      currency: cost.currency ?? undefined,
      asOf: Date.parse(priced_as_of),
    })
}

async function exportEntries(context: CliContext, options: ExportOptions): Promise<void> {
  const filter = readFilter(options)
  const format = readFormat(options)
  await withOpen(context.openBooks(options), async (books) => {
    await noteForgotten(context, books, filter)
    const text = exportText(books.entries(filter), format, progress(context, 'exported'))
    if (options.out === undefined) for await (const chunk of text) await context.output.write(chunk)
    else await writeExport(options.out, text)
  })
}

function readFormat({ format, json }: ExportOptions): ExportFormat {
  return oneOf(json === true ? 'jsonl' : format, '--format', EXPORT_FORMATS) ?? 'csv'
}

function progress({ output }: CliContext, done: string): (entries: number) => void {
  let told = 0
  return (entries) => {
    if (!output.terminal || entries - told < PROGRESS_EVERY) return
    told = entries
    output.note(`${entries} entries ${done}`)
  }
}

function readFilter(options: FilterOptions): EntryFilter {
  const [from, to] = [readTime(options.from, '--from'), readTime(options.to, '--to')]
  if (from !== undefined && to !== undefined && from > to) {
    throw new PaddockError('argument_invalid', { message: `--from ${options.from} is after --to ${options.to}.` })
  }
  return {
    from,
    to,
    key: options.key,
    model: options.model,
    state: oneOf(options.state, '--state', ENTRY_STATES),
    limit: options.limit === undefined ? undefined : readCount(options.limit, '--limit', { from: 1, digitsMax: 9 }),
    order: options.latest === true ? 'newest' : 'oldest',
  }
}

function readTime(text: string | undefined, option: string): number | undefined {
  return text === undefined ? undefined : instantOr(text, option, 0)
}
