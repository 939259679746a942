import { addressOf } from '@paddock/webkit/api/call.ts'
import { trimZeros, useFormat } from '@paddock/webkit/format/format.ts'
import { useLanguage, useText } from '@paddock/webkit/text/language.tsx'
import { LOCALES } from '@paddock/webkit/text/texts.ts'
import { buttonClass } from '@paddock/webkit/ui/button.tsx'
import { Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { Note } from '@paddock/webkit/ui/note.tsx'
import { Scroll } from '@paddock/webkit/ui/scroll.tsx'
import { Link } from '@tanstack/react-router'
import { Download, Printer } from 'lucide-react'
import { answerTokens, promptTokens } from '../../tokens.ts'
import type { Invoice } from './invoices.tsx'
import { monthName, spanOfMonth } from './month.ts'
import { text } from './text.ts'

type InvoiceDialogProps = {
  readonly invoice: Invoice | undefined
  readonly by: 'team' | 'key'
  readonly onClose: () => void
}

/** One invoice whole: its lines, rounded and exact, and what was held back. */
export function InvoiceDialog({ invoice, by, onClose }: InvoiceDialogProps) {
  const t = useText(text)
  const { language } = useLanguage()
  if (invoice === undefined) return null
  const { month, number, team_id, team_name, key_id, key_name } = invoice
  const who = by === 'key' ? (key_name ?? key_id ?? '') : (team_name ?? team_id)
  const file = (format: 'html' | 'csv' | 'json'): string =>
    addressOf('bills.download', { query: { month, by, team: team_id, number, format, language } })
  return (
    <Dialog
      open
      onClose={onClose}
      shape="wide"
      title={t.invoiceOf(who, monthName(month, LOCALES[language]))}
      description={<code className="text-xs break-all">{number}</code>}
      footer={
        <>
          {(['csv', 'json'] as const).map((format) => (
            <a key={format} download href={file(format)} className={buttonClass()}>
              <Download size={14} aria-hidden />
              {t[format]}
            </a>
          ))}
          <a href={file('html')} target="_blank" rel="noreferrer" className={buttonClass({ kind: 'primary' })}>
            <Printer size={14} aria-hidden />
            {t.print}
          </a>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Lines invoice={invoice} />
        <Remarks invoice={invoice} />
      </div>
    </Dialog>
  )
}

function Remarks({ invoice: { residue, held_back, zone } }: { readonly invoice: Invoice }) {
  const t = useText(text)
  const { exactMoney, number } = useFormat()
  return (
    <>
      {held_back.requests > 0 && (
        <Note tone="warn" title={`${t.heldBack}: ${number(held_back.requests)} · ${exactMoney(held_back.exact)}`}>
          {t.heldBackHint}
        </Note>
      )}
      <p className="text-xs text-ink-3">
        {t.roundingHint(exactMoney(residue))} {t.zone(zone)}
      </p>
    </>
  )
}

const HEAD = 'py-1.5 pl-4 text-right font-medium whitespace-nowrap'
const CELL = 'py-1.5 pl-4 text-right whitespace-nowrap'

function Lines({ invoice }: { readonly invoice: Invoice }) {
  const t = useText(text)
  const { number, compact } = useFormat()
  const span = spanOfMonth(invoice.month, invoice.zone)
  const whose = invoice.key_id === null ? { team: invoice.team_id } : { key: invoice.key_id }
  return (
    <Scroll label={t.invoice}>
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b border-line text-xs text-ink-3">
            <th scope="col" className="py-1.5 text-left font-medium">
              {t.model}
            </th>
            {[t.requests, t.input, t.output, t.exact, t.amount].map((head) => (
              <th key={head} scope="col" className={HEAD}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {invoice.lines.map(({ provider, model, requests, usage, amount, exact }) => {
            const input = promptTokens(usage)
            const output = answerTokens(usage)
            return (
              <tr key={`${provider}/${model}`} className="border-b border-line">
                <th scope="row" className="py-1.5 text-left font-normal">
                  <Link
                    to="/requests"
                    search={{ ...span, ...whose, model: `${provider}/${model}` }}
                    title={t.seeRequests}
                    className="whitespace-nowrap text-link hover:underline"
                  >
                    {`${provider}/${model}`}
                  </Link>
                </th>
                <td className={CELL}>{number(requests)}</td>
                <td className={CELL} title={number(input)}>
                  {compact(input)}
                </td>
                <td className={CELL} title={number(output)}>
                  {compact(output)}
                </td>
                <td className={`${CELL} text-ink-2`}>{trimZeros(exact.amount)}</td>
                <td className={CELL}>
                  <Money of={amount} />
                </td>
              </tr>
            )
          })}
        </tbody>
        <tfoot>
          <tr className="font-semibold">
            <th scope="row" colSpan={4} className="py-2 text-left">
              {t.sum}
            </th>
            <td className={`${CELL} font-normal text-ink-2`}>{trimZeros(invoice.exact.amount)}</td>
            <td className={CELL}>
              <Money of={invoice.total} />
            </td>
          </tr>
        </tfoot>
      </table>
    </Scroll>
  )
}
