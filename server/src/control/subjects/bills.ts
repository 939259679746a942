import type { BillShape } from '@paddock/contract/bill-shape'
import type { billsApi } from '@paddock/contract/control/bills'
import type { Decimal } from '@paddock/contract/decimal'
import { excerpt, PaddockError } from '../../base/errors.ts'
import { dayAfter, readBill } from '../../books/bills/read-bill.ts'
import { reconcile } from '../../books/bills/reconcile.ts'
import type { BooksReader } from '../../books/reader.ts'
import type { Directory } from '../../callers/directory.ts'
import { canonicalNames } from '../../prices/canonical-names.ts'
import type { PriceBook } from '../../prices/book.ts'
import { PROVIDERS } from '../../providers/all.ts'
import type { RoutingTable } from '../../routing/table.ts'
import type { PlainAmount } from '../amounts.ts'
import type { Handlers } from '../handlers.ts'

export type BillsParts = {
  readonly reader: Pick<BooksReader, 'invoices' | 'booked'>
  readonly directory: Pick<Directory, 'namesOf'>
  readonly prices: () => PriceBook
  readonly routing: () => RoutingTable
  readonly zone: string
  readonly shapes: () => readonly BillShape[]
}

export function billsHandlers(parts: BillsParts): Handlers<typeof billsApi> {
  const { reader, directory, zone } = parts
  return {
    invoices: async ({ actor, query }) => {
      const made = await reader.invoices({ ...query, zone })
      const own = made.filter(({ organisation_id }) => organisation_id === actor.organisationId)
      const ids = own.flatMap(({ team_id, key_id }) => [team_id, ...(key_id === null ? [] : [key_id])])
      const names = await directory.namesOf([...new Set(ids)])
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
