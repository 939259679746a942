import type { BillShape } from '@paddock/contract/bill-shape'
import type { ChargeSetting } from '@paddock/contract/charges'
import type { FileAnswer } from '@paddock/contract/control/endpoint'
import type { billsApi } from '@paddock/contract/control/bills'
import type { Decimal } from '@paddock/contract/decimal'
import type { Invoice } from '@paddock/contract/invoice'
import type { Clock } from '../../base/clock.ts'
import { excerpt, PaddockError } from '../../base/errors.ts'
import { dayAfter, readBill } from '../../books/bills/read-bill.ts'
import { reconcile } from '../../books/bills/reconcile.ts'
import type { InvoiceRequest } from '../../books/invoices/invoices.ts'
import { invoiceCsv, invoiceHtml, type InvoiceLanguage, type Recipient } from '../../books/invoices/write-invoice.ts'
import type { BooksReader } from '../../books/reader.ts'
import { monthOf } from '../../books/retention/month.ts'
import type { Directory } from '../../callers/directory.ts'
import { canonicalNames } from '../../prices/canonical-names.ts'
import type { PriceBook } from '../../prices/book.ts'
import { DAY_MS } from '../../prices/zone.ts'
import { PROVIDERS } from '../../providers/all.ts'
import type { RoutingTable } from '../../routing/table.ts'
import type { Actor } from '../actor.ts'
import type { PlainAmount } from '../amounts.ts'
import { notFound, type Handlers } from '../handlers.ts'

export type BillsParts = {
  readonly reader: Pick<BooksReader, 'invoices' | 'booked' | 'sums'>
  readonly directory: Pick<Directory, 'namesOf'>
  readonly prices: () => PriceBook
  readonly routing: () => RoutingTable
  readonly zone: string
  readonly clock: Clock
  readonly charges: () => readonly ChargeSetting[]
  readonly shapes: () => readonly BillShape[]
}

export function billsHandlers(parts: BillsParts): Handlers<typeof billsApi> {
  const { reader, directory } = parts
  return {
    invoices: async ({ actor, query }) => {
      const own = await ownInvoices(parts, actor, query)
      const names = await namesIn(directory, own)
      return {
        items: own.map(({ currency, lines, total, exact, residue, held_back, ...invoice }) => {
          const money = (amount: Decimal): PlainAmount => ({ amount, currency })
          return {
            ...invoice,
            team_name: names.get(invoice.team_id) ?? null,
            key_name: invoice.key_id === null ? null : (names.get(invoice.key_id) ?? null),
            lines: lines.map((line) => ({ ...line, amount: money(line.amount), exact: money(line.exact) })),
            total: money(total),
            exact: money(exact),
            residue: money(residue),
            held_back: { requests: held_back.requests, exact: money(held_back.exact) },
          }
        }),
      }
    },
    months: ({ actor }) => monthsOf(parts, actor),
    download: ({ actor, query }) => fileOf(parts, actor, query),
    charges: () => {
      const items = parts
        .charges()
        .map(({ organisation = null, add_percent = null, price_of = null, free = false }) => {
          return { organisation, add_percent, price_of, free }
        })
      return Promise.resolve({ items })
    },
    shapes: () => {
      const items = parts.shapes().map(({ id, provider, what, confidence }) => ({ id, provider, what, confidence }))
      return Promise.resolve({ items })
    },
    reconcile: async ({ body: { provider, csv, from, to, decimal_comma } }) => {
      const bill = readBill(Buffer.from(csv, 'utf8'), {
        shapes: shapesOf(parts, provider),
        from: from ?? null,
        to: to ?? null,
        decimalComma: decimal_comma ?? null,
      })
      const days = bill.lines.map(({ day }) => day).toSorted()
      const booked = await reader.booked({
        provider,
        from: from ?? days[0] ?? '',
        to: to ?? dayAfter(days.at(-1) ?? ''),
        zone: bill.shape.zone ?? zoneOf(parts, provider),
      })
      const found = reconcile(bill.lines, booked, canonicalNames(parts.prices(), provider))
      return {
        ...found,
        sha256: bill.sha256,
        shape: bill.shape.id,
        notes: bill.notes,
        totals: found.totals.map((total) => ({ ...total, by_kind: { ...total.by_kind } as Record<string, Decimal> })),
      }
    },
  }
}

async function monthsOf({ reader, zone, clock }: BillsParts, { organisationId }: Actor) {
  const days = await reader.sums({
    grain: 'day',
    from: 0,
    to: clock.now() + DAY_MS,
    organisation: organisationId,
    practice: false,
  })
  const months = new Map<string, number>()
  for (const { start, requests } of days) {
    // The middle of a day of UTC: in the month of most of its requests, wherever the zone is.
    const month = monthOf((start ?? 0) + DAY_MS / 2, zone)
    months.set(month, (months.get(month) ?? 0) + requests)
  }
  const present = monthOf(clock.now(), zone)
  const items = [...months].map(([month, requests]) => ({ month, requests, open: month >= present }))
  return { items: items.toSorted((one, other) => (one.month < other.month ? 1 : -1)) }
}

type FileQuery = InvoiceQuery & {
  readonly format: 'html' | 'csv' | 'json'
  readonly language: InvoiceLanguage
  readonly number?: string | undefined
}

async function fileOf(
  parts: BillsParts,
  actor: Actor,
  { format, language, number, ...query }: FileQuery,
): Promise<FileAnswer> {
  const made = await ownInvoices(parts, actor, query)
  const wanted = number === undefined ? made : made.filter((invoice) => invoice.number === number)
  const names = await namesIn(parts.directory, wanted)
  const named = wanted.map((invoice) => ({ invoice, recipient: recipientOf(actor, invoice, names) }))
  const [first] = named
  if (first === undefined) throw notFound('invoice', number ?? query.month)
  const name = `${wanted.length === 1 ? first.invoice.number : query.month}.${format}`
  if (format === 'csv') return { name, type: 'text/csv', text: invoiceCsv(named) }
  if (format === 'json') {
    const records = named.map(({ invoice, recipient }) => ({ ...invoice, recipient }))
    return { name, type: 'application/json', text: `${JSON.stringify(records, null, 2)}\n` }
  }
  if (named.length > 1) throw severalInvoices(wanted)
  return { name, type: 'text/html', text: invoiceHtml(first.invoice, first.recipient, language) }
}

type InvoiceQuery = Omit<InvoiceRequest, 'zone'> & { readonly key?: string | undefined }

async function ownInvoices(
  { reader, zone }: BillsParts,
  { organisationId }: Actor,
  { key, ...query }: InvoiceQuery,
): Promise<Invoice[]> {
  const made = await reader.invoices({ ...query, zone })
  return made.filter(
    ({ organisation_id, key_id }) => organisation_id === organisationId && (key === undefined || key_id === key),
  )
}

function namesIn(
  directory: BillsParts['directory'],
  invoices: readonly Invoice[],
): Promise<ReadonlyMap<string, string>> {
  const ids = invoices.flatMap(({ team_id, key_id }) => [team_id, ...(key_id === null ? [] : [key_id])])
  return directory.namesOf([...new Set(ids)])
}

function recipientOf(
  { organisationName }: Actor,
  { team_id, key_id }: Invoice,
  names: ReadonlyMap<string, string>,
): Recipient {
  return {
    organisation: organisationName,
    team: names.get(team_id) ?? team_id,
    key: key_id === null ? null : (names.get(key_id) ?? key_id),
  }
}

function severalInvoices(invoices: readonly Invoice[]): PaddockError {
  return new PaddockError('field_invalid', {
    message: `/number: a page is of one invoice; there are ${invoices.map(({ number }) => number).join(', ')}. Name one, or ask for csv or json.`,
    param: '/number',
  })
}

function shapesOf({ shapes }: BillsParts, provider: string): readonly BillShape[] {
  const known = shapes().filter((shape) => shape.provider === provider)
  if (known.length > 0) return known
  throw new PaddockError('field_invalid', {
    message: `No shape of a bill is known of ${excerpt(provider)}. "paddock books reconcile --columns" takes any.`,
    param: '/provider',
  })
}

function zoneOf({ routing }: BillsParts, provider: string): string {
  const active = routing().providers.find(({ facts }) => facts.id === provider)
  return active?.facts.zone ?? PROVIDERS.find(({ id }) => id === provider)?.zone ?? 'UTC'
}
