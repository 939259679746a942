import { Command } from 'commander'
import { excerpt, PaddockError } from '../base/errors.ts'
import { splitModel, type PriceBook, type RowFilter } from '../prices/book.ts'
import { compareText, type PriceChange } from '../prices/changes.ts'
import { findCalendarGaps } from '../prices/check-calendars.ts'
import { describeWhen } from '../prices/conditions.ts'
import { describeSpan } from '../prices/describe-span.ts'
import type { QuoteRequest } from '../prices/facts.ts'
import { loadBook } from '../prices/load.ts'
import { problemText, type Problem } from '../prices/problem.ts'
import { readFolder } from '../prices/read-folder.ts'
import { SERVICE_TIERS, type PriceRow, type Rates } from '../prices/row.ts'
import { instantOr } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { printRows } from './output.ts'
import { addEvents } from './prices-events.ts'
import { addProposals } from './prices-proposals.ts'
import { quoteRequest, type QuoteOptions } from './prices-arguments.ts'

type ListOptions = CommonOptions & { readonly provider?: string; readonly at?: string; readonly all?: boolean }

type ChangesOptions = CommonOptions & { readonly from?: string; readonly to?: string; readonly all?: boolean }

/** `paddock prices`: what models cost, cost once, and will cost. */
export function pricesCommand(context: CliContext): Command {
  const prices = new Command('prices').description('what models cost, at any time, exactly')
  addList(prices, context)
  addShow(prices, context)
  addQuote(prices, context)
  addChanges(prices, context)
  addEvents(prices, context)
  addProposals(prices, context)
  addCheck(prices, context)
  return prices
}

function addList(prices: Command, context: CliContext): void {
  withCommonOptions(prices.command('list'))
    .description('the price rows in force')
    .option('--provider <id>', 'only of this provider')
    .option('--at <when>', 'in force at this day (midnight UTC) or instant; now if left out')
    .option('--all', 'the rows of all times')
    .addHelpText(
      'after',
      '\nExamples:\n  paddock prices list --provider practice\n  paddock prices list --at 2024-06-01 --json',
    )
    .action(async (options: ListOptions) => {
      const book = await context.openPrices(options)
      const at = options.all === true ? undefined : instantOr(options.at, '--at', context.clock.now())
      listRows(context, book.rows({ provider: options.provider, at } satisfies RowFilter), options)
    })
}

function addShow(prices: Command, context: CliContext): void {
  withCommonOptions(prices.command('show'))
    .description('the price history of one model, with sources and how sure they are')
    .argument('<model>', 'provider/model')
    .addHelpText('after', '\nExample:\n  paddock prices show practice/gpt-4o-mini-2024-07-18')
    .action(async (model: string, options: CommonOptions) => {
      const book = await context.openPrices(options)
      const rows = historyOf(book, model)
      if (options.json === true) for (const row of rows) context.output.json(row)
      else for (const row of rows) for (const line of describeRow(book, row)) context.output.line(line)
    })
}

function addQuote(prices: Command, context: CliContext): void {
  withCommonOptions(prices.command('quote'))
    .description('what a usage costs; a price that is not known is "unpriced", never zero')
    .requiredOption('--model <model>', 'provider/model, by its own name or an alias')
    .option('--at <when>', 'at this day (midnight UTC) or instant; now if left out')
    .option('--input <n>', 'prompt tokens that came from no cache and went to none')
    .option('--cached <n>', 'prompt tokens read from a cache')
    .option('--cache-write <n>', 'prompt tokens written to a cache for five minutes')
    .option('--cache-write-1h <n>', 'prompt tokens written to a cache for an hour')
    .option('--output <n>', 'answer tokens without those of thinking')
    .option('--reasoning <n>', 'answer tokens of thinking')
    .option('--units <component=n...>', 'units of any other component, such as search_call=3')
    .option('--currency <code>', 'only prices in this currency, such as CNY')
    .option('--tier <name>', `tier of service: ${SERVICE_TIERS.join(', ')}`)
    .option('--thinking', 'in thinking mode; with --reasoning it is taken to be')
    .option('--context-window <n>', 'the context window the provider counts, where it prices by that')
    .option('--as-of <when>', 'by what the book knew at this day or instant')
    .addHelpText(
      'after',
      '\nExamples:\n  paddock prices quote --model practice/gpt-4o-mini-2024-07-18 --input 1000000 --output 1000000\n' +
        '  paddock prices quote --model practice/yi-large --at 2024-07-20T09:30:00+08:00 --input 1200 --cached 800 --output 300 --json',
    )
    .action(async (options: QuoteOptions) => {
      const request = quoteRequest(options, context.clock.now())
      const book = await context.openPrices(options)
      quote(context, book, { request, json: options.json === true })
    })
}

function addChanges(prices: Command, context: CliContext): void {
  withCommonOptions(prices.command('changes'))
    .description('price changes by day: what a small standard request paid before and after')
    .option('--from <when>', 'from this day (midnight UTC) or instant on')
    .option('--to <when>', 'up to but without this day or instant')
    .option('--all', 'also first prices and ends')
    .addHelpText('after', '\nExample:\n  paddock prices changes --from 2024-05-01 --to 2024-06-01')
    .action(async (options: ChangesOptions) => {
      const from = instantOr(options.from, '--from', -Infinity)
      const to = instantOr(options.to, '--to', Infinity)
      const book = await context.openPrices(options)
      listChanges(context, book.changes({ from, to, all: options.all === true }), options)
    })
}

function addCheck(prices: Command, context: CliContext): void {
  withCommonOptions(prices.command('check'))
    .description('look for faults in the price book: the one in use, or one in a folder')
    .argument('[folder]', 'a folder of price files')
    .addHelpText(
      'after',
      '\nExamples:\n  paddock prices check\n  paddock prices check pricebook --json\n\nExit code 0 without errors, 78 with.',
    )
    .action(async (folder: string | undefined, options: CommonOptions) => {
      check(context, await inspect(context, folder, options), options)
    })
}

function listRows(context: CliContext, rows: readonly PriceRow[], options: CommonOptions): void {
  printRows(context.output, options, {
    rows,
    head: ['MODEL', 'CURRENCY', 'PRICES', 'FROM (UTC)', 'TO (UTC)', 'CONFIDENCE'],
    cells: (row) => [
      `${row.provider}/${row.model}`,
      row.currency,
      summary(row),
      dayOf(row.valid_from),
      dayOf(row.valid_to),
      row.confidence,
    ],
    notes: [
      `Rows: ${rows.length}. Prices are per million unless they say otherwise; "show" has conditions and sources.`,
    ],
  })
}

function listChanges(context: CliContext, changes: readonly PriceChange[], options: CommonOptions): void {
  printRows(context.output, options, {
    rows: changes,
    head: ['AT (UTC)', 'MODEL', 'COMPONENT', 'FROM', 'TO', 'CURRENCY', 'CHANGE', 'WHEN'],
    cells: ({ at, model, component, from, to, currency, percent, when }) => [
      at.replace(':00.000Z', '').replace('T', ' '),
      model,
      component,
      from ?? '',
      to ?? '',
      currency,
      percent === null ? '' : `${percent} %`,
      when ?? '',
    ],
    notes: ['Reference: 1,000 input and 1,000 output tokens, standard tier, outside every time window.'],
  })
}

function quote(
  context: CliContext,
  book: PriceBook,
  { request, json }: { request: QuoteRequest; json: boolean },
): void {
  const quoted = book.quote(request)
  if (json) {
    context.output.json(quoted)
    return
  }
  if (quoted.state === 'unpriced') context.output.line('unpriced')
  else {
    context.output.table(
      ['COMPONENT', 'UNITS', 'PRICE', 'PER', 'AMOUNT', 'PRICE ROW'],
      quoted.lines.map(({ component, units, price, per, amount, row, priced_as }) => [
        priced_as === undefined ? component : `${component} (as ${priced_as})`,
        String(units),
        price,
        String(per),
        amount,
        row,
      ]),
    )
    context.output.line(`${quoted.amount} ${quoted.currency}`)
  }
  for (const note of quoted.notes) context.output.note(note)
}

type Inspection = { readonly rows: number; readonly problems: readonly Problem[] }

async function inspect(context: CliContext, folder: string | undefined, options: CommonOptions): Promise<Inspection> {
  const now = context.clock.now()
  if (folder !== undefined) {
    const loaded = loadBook(readFolder(folder))
    return { rows: loaded.rows.length, problems: [...loaded.problems, ...findCalendarGaps(loaded, now)] }
  }
  const book = await context.openPrices(options)
  return { rows: book.rows().length, problems: [...book.problems, ...book.calendarGaps(now)] }
}

function check(context: CliContext, { rows, problems }: Inspection, { json }: CommonOptions): void {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  if (json === true) context.output.json({ ok: errors === 0, rows, problems })
  else {
    for (const problem of problems) context.output.line(`${problem.severity}: ${problemText(problem)}`)
    context.output.line(`rows: ${rows}, errors: ${errors}, warnings: ${problems.length - errors}`)
  }
  if (errors > 0)
    throw new PaddockError('price_invalid', { message: 'The price book cannot be used: it has the errors above.' })
}

/** The rows of a model by its own name and by those its aliases lead to, in the order in which they applied. */
function historyOf(book: PriceBook, name: string): readonly PriceRow[] {
  const { provider, name: model } = splitModel(name)
  const targets = book
    .aliases(provider)
    .filter(({ alias, match }) => (match === 'prefix' ? model.startsWith(alias) : alias === model))
    .map(({ target }) => target)
  const rows = [model, ...targets].flatMap((each) => book.rows({ provider, model: each, retracted: true }))
  if (rows.length > 0) return rows.toSorted((left, right) => compareText(left.valid_from ?? '', right.valid_from ?? ''))
  const ofProvider = provider === '' ? '' : ` --provider ${excerpt(provider)}`
  throw new PaddockError('argument_invalid', {
    message: `"${excerpt(name)}" is not in the price book. "paddock prices list${ofProvider}" shows what is.`,
  })
}

function describeRow(book: PriceBook, row: PriceRow): string[] {
  const doubt =
    row.confidence === 'low' ? ' LOW CONFIDENCE: check it before you rely on it.' : ` Confidence: ${row.confidence}.`
  return [
    row.id,
    `  ${describeSpan(row)}${row.promo ? ', promotion' : ''}`,
    ...(row.retracted_at === null ? [] : [`  RETRACTED ${row.retracted_at}`]),
    `  ${row.currency}: ${ratesText(row.rates) || 'by condition only'}`,
    ...row.variants.map(({ name, when, rates }) => `  ${name}: ${ratesText(rates)} when ${describeWhen(when)}`),
    ...(row.note === null ? [] : [`  ${row.note}`]),
    `  ${row.verified ? 'Verified.' : 'Not verified.'}${doubt}`,
    ...row.source.map((key) => `  ${key}: ${book.source(key)?.url ?? 'unknown'}`),
    '',
  ]
}

function summary(row: PriceRow): string {
  const conditions = row.variants.length === 0 ? '' : `${row.variants.length} conditional`
  return [ratesText(row.rates), conditions].filter((part) => part !== '').join(', ')
}

function ratesText(rates: Rates): string {
  return Object.entries(rates)
    .map(([component, { price, per }]) => `${component} ${price}${per === 1_000_000 ? '' : ` per ${per}`}`)
    .join(', ')
}

function dayOf(instant: string | null): string {
  return instant === null ? '' : instant.slice(0, 10)
}
