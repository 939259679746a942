import type { Decimal } from '@paddock/contract/decimal'
import type { EntryRecord } from '@paddock/contract/entry'
import type { Command } from 'commander'
import { excerpt, PaddockError } from '../base/errors.ts'
import type { OwnedBooks } from '../books/open-for-command.ts'
import type { BooksReader } from '../books/reader.ts'
import { correctionOf, isSame, type RepriceBy, type RepriceFilter } from '../books/reprice.ts'
import { formatPico, parsePico, type Pico } from '../money/fixed-point.ts'
import { instantOr, readCurrency, wrongArgument } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { OWNS_FOLDER, withCommonOptions } from './options.ts'
import { withOpen } from './with-open.ts'

type RepriceOptions = CommonOptions & {
  readonly from: string
  readonly to?: string
  readonly model?: string
  readonly dryRun?: boolean
}

type AdjustOptions = CommonOptions & { readonly amount: string; readonly currency?: string; readonly reason: string }

/** Corrections waiting for the disk at once: they share its syncs. */
const WRITES_AT_ONCE = 500

/** `paddock books reprice | adjust | rebuild`: what mends the books, by entries of its own. */
export function addCorrections(books: Command, context: CliContext): void {
  addReprice(books, context)
  addAdjust(books, context)
  withCommonOptions(books.command('rebuild'))
    .description('make all sums anew from the entries; while no server runs')
    .addHelpText('after', `${OWNS_FOLDER}\nExample:\n  paddock books rebuild && paddock books verify`)
    .action(async (options: CommonOptions) => {
      const entries = await withOpen(context.openOwnedBooks(options), (own) => own.rebuild())
      if (options.json === true) context.output.json({ entries })
      else context.output.line(`All sums were made anew from ${entries} entries.`)
    })
}

function addReprice(books: Command, context: CliContext): void {
  withCommonOptions(books.command('reprice'))
    .description(
      'price entries again after a late or wrong price, and write the differences as entries; while no server runs',
    )
    .requiredOption('--from <when>', 'entries accepted at or after this day (midnight UTC) or instant')
    .option('--to <when>', 'and before this; now if left out')
    .option('--model <model>', 'only of this model, with or without its provider')
    .option('--dry-run', 'say what would be written and write nothing; also while a server runs')
    .addHelpText(
      'after',
      `${OWNS_FOLDER}With --dry-run it needs nothing of the kind.\n\nExample:\n  paddock books reprice --from 2026-11-01 --model lab/small --dry-run`,
    )
    .action(async (options: RepriceOptions) => {
      const found = await reprice(context, options)
      if (options.json === true) context.output.json(found)
      else tell(context, found)
    })
}

function addAdjust(books: Command, context: CliContext): void {
  withCommonOptions(books.command('adjust'))
    .description('correct one entry by hand, by an entry of its own; while no server runs')
    .argument('<id>', 'the entry to correct')
    .requiredOption('--amount <amount>', 'what is added to its cost: 0.5, or -0.5 to take off')
    .option('--currency <code>', 'in this currency; that of the entry if left out')
    .requiredOption('--reason <text>', 'why; it is kept with the correction')
    .addHelpText(
      'after',
      `${OWNS_FOLDER}\nExample:\n  paddock books adjust 01935b6e-7c4a-7d3e-9f21-5a8c0b6e4d17 --amount -0.25 --reason "credit note 17"`,
    )
    .action(async (id: string, options: AdjustOptions) => {
      const entry = await withOpen(context.openOwnedBooks(options), (own) => adjust(context, own, { id, options }))
      if (options.json === true) context.output.json(entry)
      else context.output.line(`${entry.id}: ${entry.cost.amount} ${entry.cost.currency}`)
    })
}

/** By model: how many entries were wrong, and by how much in all. */
type Report = {
  readonly dry_run: boolean
  checked: number
  corrected: number
  /** Entries that the price book has no price for: they stay as they are. */
  unpriced: number
  readonly models: { readonly model: string; entries: number; readonly difference: Record<string, Decimal> }[]
}

async function reprice(context: CliContext, options: RepriceOptions): Promise<Report> {
  const now = context.clock.now()
  const filter = {
    from: instantOr(options.from, '--from', now),
    to: instantOr(options.to, '--to', now),
    model: options.model,
  }
  const pricing = await context.openPricing(options)
  const { charging } = pricing
  const names = await organisationNames(context, options)
  const charge: RepriceBy['charge'] = ({ key_id, organisation_id, usage, at }, cost) => {
    const organisation = { id: organisation_id, name: names.get(key_id) ?? '' }
    return charging.chargeOf({ organisation, cost, usage, at: Date.parse(at) })
  }
  const by = { pricing, charge, now }
  if (options.dryRun === true)
    return withOpen(context.openBooks(options), (reader) => goThrough(reader, { filter, by, write: null }))
  return withOpen(context.openOwnedBooks(options), (own) =>
    goThrough(own.reader, { filter, by, write: (correction) => own.write(correction) }),
  )
}

/** By key: rules of charges may name an organisation, of which entries only have the id. */
function organisationNames(context: CliContext, options: CommonOptions): Promise<ReadonlyMap<string, string>> {
  return withOpen(context.openDirectory(options), async (directory) => {
    const keys = await directory.listKeys()
    return new Map(keys.map(({ id, organisation }) => [id, organisation]))
  })
}

type Walk = {
  readonly filter: RepriceFilter
  readonly by: RepriceBy
  readonly write: ((correction: EntryRecord) => Promise<void>) | null
}

async function goThrough(reader: BooksReader, { filter, by, write }: Walk): Promise<Report> {
  const report: Report = { dry_run: write === null, checked: 0, corrected: 0, unpriced: 0, models: [] }
  let writing: Promise<void>[] = []
  for await (const { entry, corrections, unpriced } of reader.reprice(filter, by)) {
    report.checked += 1
    if (unpriced !== null) report.unpriced += 1
    if (corrections.length > 0) count(report, entry, corrections)
    if (write) writing.push(...corrections.map(write))
    if (writing.length < WRITES_AT_ONCE) continue
    await Promise.all(writing)
    writing = []
  }
  await Promise.all(writing)
  return report
}

function count(report: Report, { provider, model: name }: EntryRecord, corrections: readonly EntryRecord[]): void {
  report.corrected += 1
  const model = `${provider}/${name}`
  let line = report.models.find((each) => each.model === model)
  if (line === undefined) report.models.push((line = { model, entries: 0, difference: {} }))
  line.entries += 1
  for (const { cost } of corrections) {
    const currency = cost.currency ?? ''
    const sum = (parsePico(line.difference[currency] ?? '0') ?? 0n) + (parsePico(cost.amount ?? '0') ?? 0n)
    line.difference[currency] = formatPico(sum as Pico)
  }
}

function tell({ output }: CliContext, { dry_run, checked, corrected, unpriced, models }: Report): void {
  output.table(
    ['MODEL', 'ENTRIES', 'DIFFERENCE'],
    models.flatMap(({ model, entries, difference }) =>
      Object.entries(difference).map(([currency, amount]) => [model, String(entries), `${amount} ${currency}`]),
    ),
  )
  output.note(
    `Checked: ${checked}. ${dry_run ? 'To be corrected' : 'Corrected'}: ${corrected}. Without price: ${unpriced}.`,
  )
}

async function adjust(
  { clock }: CliContext,
  own: OwnedBooks,
  { id, options }: { id: string; options: AdjustOptions },
): Promise<EntryRecord> {
  const entry = await own.reader.find(id)
  if (entry?.kind !== 'request') {
    throw new PaddockError('argument_invalid', {
      message: `"${excerpt(id)}" is no entry of a request. "paddock books entries" lists them; corrections are not corrected themselves.`,
    })
  }
  const pico = parsePico(options.amount)
  if (pico === null || pico === 0n)
    throw wrongArgument('--amount', 'takes a decimal that is not zero, such as -0.25', options.amount)
  const currency = readCurrency(options.currency, '--currency') ?? entry.cost.currency
  if (currency === null)
    throw new PaddockError('argument_invalid', {
      message: 'The entry has no price, so no currency either: say which with --currency.',
    })
  const number = (await own.countCorrections(id)) + 1
  const amount = { amount: formatPico(pico), currency }
  // A caller who was charged what the request cost is charged the correction too.
  const charge = isSame(entry.charge, entry.cost) ? amount : { amount: null, currency: null }
  const parts = { kind: 'correction', cost: amount, charge, number, reason: options.reason, now: clock.now() } as const
  const correction = correctionOf(entry, parts)
  await own.write(correction)
  return correction
}
