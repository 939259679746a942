import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { billShapes, type BillShape } from '@paddock/contract/bill-shape'
import type { Command } from 'commander'
import { PaddockError } from '../base/errors.ts'
import { dayAfter, readBill, type Bill } from '../books/bills/read-bill.ts'
import { reconcile, type Reconciliation } from '../books/bills/reconcile.ts'
import { canonicalNames } from '../prices/canonical-names.ts'
import { isZone } from '../prices/zone.ts'
import { PROVIDERS } from '../providers/all.ts'
import { oneOf, wrongArgument } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { withOpen } from './with-open.ts'

type Options = CommonOptions & {
  readonly provider: string
  readonly from?: string
  readonly to?: string
  readonly zone?: string
  readonly columns?: string
  readonly currency?: string
  readonly decimal?: string
  readonly all?: boolean
}

const CAPTURE_PERCENT = { low: 99.5, high: 100.5 }

/** `paddock books reconcile`: a provider's bill against the books. */
export function addReconcile(books: Command, context: CliContext): void {
  withCommonOptions(books.command('reconcile'))
    .description(
      "compare a provider's bill with the books, and say why they differ; exit code 1 where nothing explains it",
    )
    .argument('<bill.csv>', 'the bill as the provider exports it, or any CSV with --columns')
    .requiredOption('--provider <id>', 'whose bill it is')
    .option('--from <day>', 'the first day, such as 2024-05-01; else the first on the bill')
    .option('--to <day>', 'the day after the last; else the one after the last on the bill')
    .option('--zone <zone>', "the zone the bill counts its days in, such as Asia/Shanghai; else the provider's")
    .option('--columns <list>', 'which columns hold what: day=日期,model=模型,amount=金额,currency=币种')
    .option('--currency <code>', 'the currency of the bill where no column tells')
    .option('--decimal <mark>', 'point or comma, where an amount such as 1,234 could be either')
    .option('--all', 'also the days and models on which nothing differs')
    .addHelpText(
      'after',
      '\nExamples:\n  paddock books reconcile --provider deepseek cost-2026-7.csv\n  paddock books reconcile --provider lab may.csv --columns day=Date,model=Model,amount=Cost --currency USD --json',
    )
    .action((file: string, options: Options) => act(context, file, options))
}

async function act(context: CliContext, file: string, options: Options): Promise<void> {
  const bill = readFileAs(file, shapesFor(context, options), options)
  const days = bill.lines.map(({ day }) => day).toSorted()
  const [from, to] = [options.from ?? days[0] ?? '', options.to ?? dayAfter(days.at(-1) ?? '')]
  const zone = options.zone ?? bill.shape.zone ?? zoneOf(context, options)
  if (!isZone(zone)) throw wrongArgument('--zone', 'takes an IANA zone such as Asia/Shanghai', zone)
  const prices = await context.openPrices(options)
  const canonical = canonicalNames(prices, options.provider)
  const found = await withOpen(context.openBooks(options), async (books) =>
    reconcile(bill.lines, await books.booked({ provider: options.provider, from, to, zone }), canonical),
  )
  const report = {
    provider: options.provider,
    from,
    to,
    zone,
    shape: bill.shape.id,
    shape_confidence: bill.shape.confidence,
    sha256: bill.sha256,
    notes: bill.notes,
    ...found,
  }
  if (options.json === true) context.output.json(report)
  else tell(context, report, options.all === true)
  if (!isExplained(found)) process.exitCode = 1
}

function readFileAs(file: string, shapes: readonly BillShape[], options: Options): Bill {
  const decimal = oneOf(options.decimal, '--decimal', ['point', 'comma'])
  for (const [option, day] of [
    ['--from', options.from],
    ['--to', options.to],
  ] as const) {
    if (day !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(day))
      throw wrongArgument(option, 'takes a day such as 2024-05-21', day)
  }
  return readBill(readBytes(file), {
    shapes,
    from: options.from ?? null,
    to: options.to ?? null,
    decimalComma: decimal === undefined ? null : decimal === 'comma',
  })
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new PaddockError('argument_invalid', { message: `The bill ${file} cannot be read.`, cause })
  }
}

/** The shapes that are known of the provider, or the one the operator describes. */
function shapesFor(context: CliContext, options: Options): readonly BillShape[] {
  if (options.columns !== undefined) return [describedShape(options)]
  const shapes = context.billShapes().filter(({ provider }) => provider === options.provider)
  if (shapes.length > 0) return shapes
  throw new PaddockError('argument_invalid', {
    message: `No shape of a bill is known of ${options.provider}. Name its columns: --columns day=…,model=…,amount=…,currency=…`,
  })
}

function describedShape({ columns = '', currency, provider }: Options): BillShape {
  const named = new Map(
    columns.split(',').map((pair) => pair.split('=', 2).map((part) => part.trim()) as [string, string]),
  )
  const [day, model, amount, money] = ['day', 'model', 'amount', 'currency'].map((name) => named.get(name))
  if (!day || !model || !amount || (!money && currency === undefined)) {
    throw wrongArgument('--columns', 'takes day=…,model=…,amount=… and currency=…, or --currency beside it', columns)
  }
  return {
    id: 'columns',
    provider,
    what: 'as the operator describes it',
    source: 'the command line',
    confidence: 'high',
    day: [day],
    model: { column: model },
    amount: [amount],
    currency: { ...(money ? { column: money } : {}), ...(currency === undefined ? {} : { fixed: currency }) },
  }
}

function zoneOf(context: CliContext, options: Options): string {
  const set = context.config(options).providers[options.provider]?.zone
  return set ?? PROVIDERS.find(({ id }) => id === options.provider)?.zone ?? 'UTC'
}

function isExplained({ totals }: Reconciliation): boolean {
  return totals.every(({ unexplained_percent }) => unexplained_percent === null || Number(unexplained_percent) <= 0.1)
}

type Report = Reconciliation & {
  readonly from: string
  readonly to: string
  readonly zone: string
  readonly shape: string
  readonly shape_confidence: BillShape['confidence']
  readonly notes: readonly string[]
}

function tell({ output }: CliContext, report: Report, all: boolean): void {
  for (const note of report.notes) output.note(note)
  if (report.shape_confidence !== 'high')
    output.note(
      `The shape ${report.shape} was not tried on a real bill: look at the totals, or name the columns with --columns.`,
    )
  output.table(
    ['DAY', 'MODEL', 'BILLED', 'BOOKED', 'DIFFERENCE', '', 'WHY', 'ADJUST'],
    report.lines
      .filter(({ kind }) => all || kind !== 'none')
      .map((line) => [
        line.day,
        line.model,
        line.billed,
        line.booked,
        line.difference,
        line.currency,
        line.kind === 'none' ? '' : line.kind,
        line.adjust ?? '',
      ]),
  )
  for (const { currency, billed, booked, capture_percent } of report.totals) {
    output.line(`${billed} ${currency} billed, ${booked} booked: ${capture_percent ?? '–'} %`)
    const captured = Number(capture_percent ?? 100)
    if (captured < CAPTURE_PERCENT.low || captured > CAPTURE_PERCENT.high)
      output.note(
        `The books have less than ${CAPTURE_PERCENT.low} % or more than ${CAPTURE_PERCENT.high} % of the bill.`,
      )
  }
}

/** The shapes of bills that are shipped. */
export function readBillShapes(pricebook: string): readonly BillShape[] {
  return billShapes.parse(JSON.parse(readFileSync(join(pricebook, 'bills', 'shapes.json'), 'utf8')))
}
