import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Invoice } from '@paddock/contract/invoice'
import { Command } from 'commander'
import { PaddockError } from '../base/errors.ts'
import {
  INVOICE_LANGUAGES,
  invoiceCsv,
  invoiceHtml,
  type InvoiceLanguage,
  type Recipient,
} from '../books/invoices/write-invoice.ts'
import type { KeyRow } from '../callers/directory.ts'
import { addMonths, monthOf } from '../books/retention/month.ts'
import { isZone } from '../prices/zone.ts'
import { isMonth, oneOf, wrongArgument } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { withOpen } from './with-open.ts'

type Options = CommonOptions & {
  readonly month?: string
  readonly by: string
  readonly team?: string
  readonly zone?: string
  readonly format: string
  readonly language: string
  readonly out?: string
}

type Named = { readonly invoice: Invoice; readonly recipient: Recipient }

const FORMATS = ['csv', 'json', 'html'] as const

/** `paddock invoices`: what each team or key owes for a month. */
export function invoicesCommand(context: CliContext): Command {
  return withCommonOptions(new Command('invoices'))
    .description('what each team or key owes for a month, to the last digit')
    .option('--month <month>', 'such as 2024-05; else the month before this one')
    .option('--by <whose>', 'team or key', 'team')
    .option('--team <team>', 'only this one')
    .option('--zone <zone>', 'where the month begins and ends; else server.zone of paddock.yaml, or UTC')
    .option('--format <format>', `with --out: ${FORMATS.join(', ')}`, 'html')
    .option('--language <language>', `of a page: ${INVOICE_LANGUAGES.join(', ')}`, 'en')
    .option('--out <folder>', 'write a file for each invoice into this folder; left out, they are listed')
    .addHelpText(
      'after',
      '\nExamples:\n  paddock invoices --month 2024-05\n  paddock invoices --month 2024-05 --by key --format csv --out bills\n  paddock invoices --month 2024-05 --language zh --out bills',
    )
    .action((options: Options) => act(context, options))
}

async function act(context: CliContext, options: Options): Promise<void> {
  const by = oneOf(options.by, '--by', ['team', 'key']) ?? 'team'
  const format = oneOf(options.format, '--format', FORMATS) ?? 'html'
  const language = oneOf(options.language, '--language', INVOICE_LANGUAGES) ?? 'en'
  const zone = options.zone ?? context.config(options).zone
  if (!isZone(zone)) throw wrongArgument('--zone', 'takes an IANA zone such as Asia/Shanghai', zone)
  const month = options.month ?? addMonths(monthOf(context.clock.now(), zone), -1)
  if (!isMonth(month)) throw wrongArgument('--month', 'takes a month such as 2024-05', month)
  const keys = await withOpen(context.openDirectory(options), (directory) => directory.listKeys())
  const team = teamId(keys, options.team)
  const invoices = await withOpen(context.openBooks(options), (books) => books.invoices({ month, zone, by, team }))
  const named = invoices.map((invoice) => ({ invoice, recipient: recipientOf(keys, invoice) }))
  if (options.out !== undefined) writeFiles(named, { folder: options.out, format, language })
  if (options.json === true) for (const { invoice, recipient } of named) context.output.json({ ...invoice, recipient })
  else list(context, named, options.out)
}

function teamId(keys: readonly KeyRow[], team: string | undefined): string | undefined {
  if (team === undefined) return undefined
  const found = keys.find((key) => key.team === team || key.team_id === team)
  if (found) return found.team_id
  throw new PaddockError('argument_invalid', { message: `There is no team ${team}. "paddock keys list" shows them.` })
}

/** By name where the directory still knows them, else by id. */
function recipientOf(keys: readonly KeyRow[], { organisation_id, team_id, key_id }: Invoice): Recipient {
  const key = keys.find(({ id }) => id === key_id)
  const team = key ?? keys.find((each) => each.team_id === team_id)
  return {
    organisation: team?.organisation ?? organisation_id,
    team: team?.team ?? team_id,
    key: key_id === null ? null : (key?.name ?? key_id),
  }
}

type Files = { readonly folder: string; readonly format: (typeof FORMATS)[number]; readonly language: InvoiceLanguage }

function writeFiles(invoices: readonly Named[], { folder, format, language }: Files): void {
  const write = {
    csv: (named: Named) => invoiceCsv([named]),
    json: ({ invoice, recipient }: Named) => `${JSON.stringify({ ...invoice, recipient }, null, 2)}\n`,
    html: ({ invoice, recipient }: Named) => invoiceHtml(invoice, recipient, language),
  }[format]
  try {
    mkdirSync(folder, { recursive: true })
    for (const named of invoices) writeFileSync(join(folder, `${named.invoice.number}.${format}`), write(named))
  } catch (cause) {
    throw new PaddockError('argument_invalid', { message: `Invoices cannot be written into ${folder}.`, cause })
  }
}

function heldBack(requests: number): string {
  if (requests === 0) return ''
  return requests === 1 ? '1 request' : `${requests} requests`
}

function list({ output }: CliContext, invoices: readonly Named[], folder: string | undefined): void {
  if (invoices.length === 0) output.note('Nothing was charged in that month.')
  output.table(
    ['NUMBER', 'FOR', 'REQUESTS', 'TOTAL', '', 'EXACT', 'HELD BACK'],
    invoices.map(({ invoice, recipient }) => [
      invoice.number,
      [recipient.organisation, recipient.team, recipient.key].filter((name) => name !== null).join(' · '),
      String(invoice.lines.reduce((sum, { requests }) => sum + requests, 0)),
      invoice.total,
      invoice.currency,
      invoice.exact,
      heldBack(invoice.held_back.requests),
    ]),
  )
  if (folder !== undefined) output.note(`${invoices.length} files were written into ${folder}.`)
}
