import { z } from 'zod'
import { amount, day, decimal, endpoint, listOf, usage } from './endpoint.ts'

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
    query: z.strictObject({
      month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'write a month such as 2024-05'),
      by: z.enum(['team', 'key']).default('team'),
      team: z.string().optional(),
    }),
    answer: listOf(invoice),
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
