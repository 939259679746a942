import type { Decimal } from '@paddock/contract/decimal'
import type { Invoice } from '@paddock/contract/invoice'
import { csvRow } from '../csv.ts'

/** An invoice as a file: for a program, for a spreadsheet, and for a printer. */

/** Who an invoice is for, by name. */
export type Recipient = { readonly organisation: string; readonly team: string; readonly key: string | null }

export const INVOICE_LANGUAGES = ['en', 'zh', 'ja'] as const
export type InvoiceLanguage = (typeof INVOICE_LANGUAGES)[number]

const COLUMNS = [
  'number',
  'month',
  'organisation',
  'team',
  'key',
  'currency',
  'provider',
  'model',
  'requests',
  'input',
  'cached_input',
  'cache_write',
  'cache_write_1h',
  'output',
  'reasoning',
  'amount',
  'exact',
] as const

/** One line for each model, RFC 4180, with a head line; invoices can be written one behind the other. */
export function invoiceCsv(invoices: readonly { invoice: Invoice; recipient: Recipient }[]): string {
  const rows = invoices.flatMap(({ invoice, recipient }) =>
    invoice.lines.map(({ provider, model, requests, usage, amount, exact }) => {
      const { number, month, currency } = invoice
      const { organisation, team, key } = recipient
      const values = {
        number,
        month,
        organisation,
        team,
        key,
        currency,
        provider,
        model,
        requests,
        ...usage,
        amount,
        exact,
      }
      return csvRow(COLUMNS.map((name) => values[name]))
    }),
  )
  return csvRow(COLUMNS) + rows.join('')
}

type Words = {
  readonly invoice: string
  readonly recipient: string
  readonly month: string
  readonly model: string
  readonly requests: string
  readonly input: string
  readonly cached: string
  readonly output: string
  readonly amount: string
  readonly total: string
  readonly exact: string
  readonly heldBack: (requests: number) => string
}

const WORDS: Readonly<Record<InvoiceLanguage, Words>> = {
  en: {
    invoice: 'Invoice',
    recipient: 'For',
    month: 'Month',
    model: 'Model',
    requests: 'Requests',
    input: 'Input tokens',
    cached: 'of these cached',
    output: 'Output tokens',
    amount: 'Amount',
    total: 'Total',
    exact: 'Exact sum of all requests, of which each line is rounded to the hundredth:',
    heldBack: (requests) => `Not on this invoice: ${requests} requests whose end is not known yet.`,
  },
  zh: {
    invoice: '账单',
    recipient: '客户',
    month: '月份',
    model: '模型',
    requests: '请求数',
    input: '输入 token',
    cached: '其中缓存命中',
    output: '输出 token',
    amount: '金额',
    total: '合计',
    exact: '全部请求的精确总和（每行四舍六入五成双至分）：',
    heldBack: (requests) => `未计入本账单：${requests} 个结果尚未确定的请求。`,
  },
  ja: {
    invoice: '請求書',
    recipient: '宛先',
    month: '対象月',
    model: 'モデル',
    requests: 'リクエスト数',
    input: '入力トークン',
    cached: 'うちキャッシュ',
    output: '出力トークン',
    amount: '金額',
    total: '合計',
    exact: '全リクエストの正確な合計（各行は小数第2位に丸め）：',
    heldBack: (requests) => `本請求書に含まれないもの：結果が確定していないリクエスト ${requests} 件。`,
  },
}

/** A page that needs nothing else and prints on one side of A4 for a usual month. */
export function invoiceHtml(invoice: Invoice, recipient: Recipient, language: InvoiceLanguage): string {
  const words = WORDS[language]
  const count = new Intl.NumberFormat(language)
  const decimals = new Intl.NumberFormat(language, { minimumFractionDigits: 2 })
  // A text is formatted digit by digit, and never becomes a float on the way.
  const money = (amount: Decimal): string => decimals.format(amount as `${number}`)
  const rows = invoice.lines.map(({ provider, model, requests, usage, amount }) => {
    const input = usage.input + usage.cached_input + usage.cache_write + usage.cache_write_1h
    const numbers = [requests, input, usage.cached_input, usage.output + usage.reasoning].map((value) =>
      count.format(value),
    )
    return `<tr><th scope="row">${escape(`${provider}/${model}`)}</th>${[...numbers, money(amount)].map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  const heads = [words.requests, words.input, words.cached, words.output, `${words.amount} (${invoice.currency})`]
  const { held_back: held } = invoice
  const notes = [
    `${words.exact} ${invoice.exact} ${invoice.currency}`,
    ...(held.requests > 0 ? [words.heldBack(held.requests)] : []),
  ]
  const whose = [recipient.organisation, recipient.team, recipient.key].filter((name) => name !== null).join(' · ')
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(`${words.invoice} ${invoice.number}`)}</title>
<style>${STYLE}</style>
<main>
<h1>${words.invoice}</h1>
<dl><dt>№</dt><dd>${escape(invoice.number)}</dd><dt>${words.recipient}</dt><dd>${escape(whose)}</dd><dt>${words.month}</dt><dd>${escape(`${invoice.month} (${invoice.zone})`)}</dd></dl>
<div class="table"><table>
<thead><tr><th scope="col">${words.model}</th>${heads.map((head) => `<th scope="col">${escape(head)}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody>
<tfoot><tr><th scope="row" colspan="5">${words.total}</th><td>${money(invoice.total)}</td></tr></tfoot>
</table></div>
${notes.map((note) => `<p>${escape(note)}</p>`).join('\n')}
</main>
</html>
`
}

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1b1f24, #e8eaed); --line: light-dark(#d4d8de, #3a4048); --soft: light-dark(#5b6470, #a3abb6) }
body { margin: 0; font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Noto Sans CJK JP", sans-serif; color: var(--ink) }
main { max-width: 880px; margin: 0 auto; padding: 32px 20px }
h1 { margin: 0 0 16px; font-size: 26px; font-weight: 600 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0 0 24px }
dt, p { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
.table { overflow-x: auto }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: 7px 8px; border-bottom: 1px solid var(--line); text-align: right; font-weight: 400; white-space: nowrap }
th:first-child { text-align: left; white-space: normal; min-width: 9em; overflow-wrap: break-word }
thead th { color: var(--soft); font-size: 13px; vertical-align: bottom; white-space: normal }
tfoot th, tfoot td { border: 0; font-weight: 600; font-size: 17px }
tfoot th { text-align: left }
p { margin: 16px 0 0; font-size: 13px }
@media print { main { padding: 0 } @page { size: A4; margin: 18mm } }
`

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => ENTITIES[mark] ?? mark)
}
