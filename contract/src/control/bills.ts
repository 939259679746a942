import { z } from 'zod'
import { amount, day, decimal, endpoint, fileAnswer, listOf, usage } from './endpoint.ts'

/** What callers owe us, and what providers say we owe them. */

export const invoice = z.object({
  number: z.string(),
  month: z.string(),
  zone: z.string(),
  organisation_id: z.string(),
  team_id: z.string(),
  team_name: z.string().nullable(),
  key_id: z.string().nullable(),
  key_name: z.string().nullable(),
  lines: z.array(
    z.object({
      provider: z.string(),
      model: z.string(),
      requests: z.int(),
      usage,
      /** Rounded half to even to the hundredth. */
      amount,
      exact: amount,
    }),
  ),
  total: amount,
  exact: amount,
  /** What rounding has added or taken away. */
  residue: amount,
  held_back: z.object({ requests: z.int(), exact: amount }),
})

const invoiceQuery = z.strictObject({
  month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'write a month such as 2024-05'),
  by: z.enum(['team', 'key']).default('team'),
  team: z.string().optional(),
  /** Of by=key: only this one. */
  key: z.string().optional(),
})

export const DIFFERENCE_KINDS = [
  'none',
  'rounding',
  'orphan',
  'estimated',
  'price',
  'outside',
  'missing',
  'unexplained',
] as const
const kind = z.enum(DIFFERENCE_KINDS)

export const billsApi = {
  invoices: endpoint({
    method: 'GET',
    path: '/api/invoices',
    summary: 'What each team or key owes for a month',
    rule: { who: ['owner', 'admin', 'billing', 'auditor'], of: 'organisation' },
    query: invoiceQuery,
    answer: listOf(invoice),
  }),
  months: endpoint({
    method: 'GET',
    path: '/api/invoices/months',
    summary: 'The months with something to invoice, newest first',
    rule: { who: ['owner', 'admin', 'billing', 'auditor'], of: 'organisation' },
    answer: listOf(
      z.object({
        month: z.string(),
        requests: z.int(),
        /** Whether it is not over yet. */
        open: z.boolean(),
      }),
    ),
  }),
  download: endpoint({
    method: 'GET',
    path: '/api/invoices/download',
    file: true,
    summary: 'Invoices as a file: a page to print (one invoice), a table, or JSON. Opens from a link',
    rule: { who: ['owner', 'admin', 'billing', 'auditor'], of: 'organisation' },
    query: z.strictObject({
      ...invoiceQuery.shape,
      format: z.enum(['html', 'csv', 'json']).default('html'),
      language: z.enum(['en', 'zh', 'ja']).default('en'),
      /** Only the one of this number. A page is of one: it is needed where there are several. */
      number: z.string().optional(),
    }),
    answer: fileAnswer,
  }),
  charges: endpoint({
    method: 'GET',
    path: '/api/charges',
    summary: 'The rules of what is charged, as paddock.yaml has them',
    rule: { who: ['owner', 'admin', 'billing', 'auditor'], of: 'installation' },
    answer: listOf(
      z.object({
        /** Null: for all that have none of their own. */
        organisation: z.string().nullable(),
        add_percent: z.string().nullable(),
        price_of: z.string().nullable(),
        free: z.boolean(),
      }),
    ),
  }),
  shapes: endpoint({
    method: 'GET',
    path: '/api/reconciliation/shapes',
    summary: 'Whose bills can be read, and which file of theirs it takes',
    rule: { who: ['owner', 'admin', 'billing', 'auditor'], of: 'installation' },
    answer: listOf(
      z.object({
        id: z.string(),
        provider: z.string(),
        what: z.string(),
        confidence: z.enum(['high', 'medium', 'low']),
      }),
    ),
  }),
  reconcile: endpoint({
    method: 'POST',
    path: '/api/reconciliation',
    looks: true,
    bodyBytesMax: 20 * 1024 * 1024,
    summary: "Compare a provider's bill (CSV) with the books and say why they differ; changes nothing",
    rule: { who: ['owner', 'admin', 'billing', 'auditor'], of: 'installation' },
    body: z.strictObject({
      provider: z.string().min(1).max(100),
      csv: z.string().min(1).max(16_000_000),
      from: day.optional(),
      to: day.optional(),
      decimal_comma: z.boolean().optional(),
    }),
    answer: z.object({
      sha256: z.string(),
      shape: z.string(),
      lines: z.array(
        z.object({
          day,
          model: z.string(),
          currency: z.string(),
          billed: decimal,
          booked: decimal,
          difference: decimal,
          entries: z.int(),
          kind,
          adjust: decimal.nullable(),
        }),
      ),
      totals: z.array(
        z.object({
          currency: z.string(),
          billed: decimal,
          booked: decimal,
          difference: decimal,
          capture_percent: z.string().nullable(),
          unexplained_percent: z.string().nullable(),
          by_kind: z.record(z.string(), decimal),
        }),
      ),
      notes: z.array(z.string()),
    }),
  }),
}
