import { addressOf } from '@paddock/webkit/api/call.ts'
import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useLanguage, useText } from '@paddock/webkit/text/language.tsx'
import { LOCALES } from '@paddock/webkit/text/texts.ts'
import { Button, buttonClass } from '@paddock/webkit/ui/button.tsx'
import { FilterField, SelectField } from '@paddock/webkit/ui/field.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { Download, ReceiptText } from 'lucide-react'
import { useAsk } from '../../query.ts'
import { InvoiceDialog } from './invoice-dialog.tsx'
import { monthName } from './month.ts'
import type { PartProps } from './search.ts'
import { text } from './text.ts'

export type Invoice = Answer<'bills.invoices'>['items'][number]

/** The invoices of a month, for each team or key; one opens above the page. */
export function Invoices({ search, onChange }: PartProps) {
  const t = useText(text)
  const months = useAsk('bills.months', {})
  const month = search.month ?? months.data?.items[0]?.month
  const by = search.by ?? 'team'
  const query = { month: month ?? '', by, team: search.team }
  const invoices = useAsk('bills.invoices', { query }, { when: month !== undefined })
  const columns = useInvoiceColumns(by)
  const rows = invoices.isPlaceholderData ? undefined : invoices.data?.items
  const error = months.error ?? invoices.error
  if (error !== null)
    return <ErrorNote error={error} onRetry={() => void (months.error ? months : invoices).refetch()} />
  if (months.data?.items.length === 0 && search.month === undefined)
    return (
      <Panel>
        <Empty icon={ReceiptText} title={t.none}>
          {t.noneHint}
        </Empty>
      </Panel>
    )
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-2">
        <Filters search={search} month={month} months={months.data?.items ?? []} onChange={onChange} />
        {rows !== undefined && rows.length > 0 && (
          <div className="flex gap-2">
            {(['csv', 'json'] as const).map((format) => (
              <a
                key={format}
                download
                href={addressOf('bills.download', { query: { ...query, format } })}
                className={buttonClass()}
              >
                <Download size={14} aria-hidden />
                {format === 'csv' ? t.allCsv : t.allJson}
              </a>
            ))}
          </div>
        )}
      </div>
      {months.data?.items.some((each) => each.month === month && each.open) && <Note>{t.isOpen}</Note>}
      <Panel flush>
        <Table
          name={`invoices-${by}`}
          label={t.tabs.invoices}
          columns={columns}
          rows={rows}
          rowKey={({ number }) => number}
          onOpen={({ number }) => onChange({ invoice: number })}
          empty={
            <Empty
              icon={ReceiptText}
              title={t.noneFits}
              action={search.team && <Button onClick={() => onChange({ team: undefined })}>{t.clear}</Button>}
            />
          }
        />
      </Panel>
      <InvoiceDialog
        invoice={rows?.find(({ number }) => number === search.invoice)}
        by={by}
        onClose={() => onChange({ invoice: undefined })}
      />
    </>
  )
}

type FiltersProps = PartProps & {
  readonly month: string | undefined
  readonly months: Answer<'bills.months'>['items']
}

function Filters({ search, month, months, onChange }: FiltersProps) {
  const t = useText(text)
  const { language } = useLanguage()
  const teams = useAsk('people.teams', {})
  const name = (of: string): string => monthName(of, LOCALES[language])
  const known = months.some((each) => each.month === month) || month === undefined
  return (
    <div className="flex flex-wrap items-end gap-2">
      <SelectField
        quiet
        label={t.month}
        className="w-52"
        value={month ?? ''}
        onChange={({ target: { value } }) => onChange({ month: value, invoice: undefined })}
        options={[
          ...(known ? [] : [{ value: month, label: name(month) }]),
          ...months.map((each) => ({
            value: each.month,
            label: each.open ? t.open(name(each.month)) : name(each.month),
          })),
        ]}
      />
      <FilterField
        className="w-44"
        label={t.team}
        any={t.anyTeam}
        value={search.team}
        options={(teams.data?.items ?? []).map((team) => ({ value: team.id, label: team.name }))}
        onChange={(team) => onChange({ team, invoice: undefined })}
      />
      <Segments
        label={t.by}
        value={search.by ?? 'team'}
        onChange={(by) => onChange({ by: by === 'team' ? undefined : by, invoice: undefined })}
        options={[
          { value: 'team', label: t.byTeam },
          { value: 'key', label: t.byKey },
        ]}
      />
    </div>
  )
}

function useInvoiceColumns(by: 'team' | 'key'): Column<Invoice>[] {
  const t = useText(text)
  const { number } = useFormat()
  const requests = ({ lines }: Invoice): number => lines.reduce((sum, line) => sum + line.requests, 0)
  const team: Column<Invoice> = {
    id: 'team',
    head: t.team,
    cell: ({ team_name, team_id }) => <span className="block max-w-56 truncate">{team_name ?? team_id}</span>,
    sort: ({ team_name, team_id }) => team_name ?? team_id,
  }
  const key: Column<Invoice> = {
    id: 'key',
    head: t.key,
    cell: ({ key_name, key_id }) => <span className="block max-w-56 truncate">{key_name ?? key_id ?? '—'}</span>,
    sort: ({ key_name, key_id }) => key_name ?? key_id ?? '',
  }
  return [
    ...(by === 'key' ? [key, team] : [team]),
    {
      id: 'lines',
      head: t.lines,
      align: 'right',
      cell: ({ lines }) => number(lines.length),
      sort: ({ lines }) => lines.length,
    },
    {
      id: 'requests',
      head: t.requests,
      align: 'right',
      cell: (invoice) => number(requests(invoice)),
      sort: requests,
    },
    {
      id: 'held',
      head: t.heldBack,
      align: 'right',
      cell: ({ held_back }) =>
        held_back.requests === 0 ? (
          <span className="text-ink-3">—</span>
        ) : (
          <span title={t.heldBackHint}>
            <Money of={held_back.exact} />
          </span>
        ),
    },
    {
      id: 'total',
      head: t.total,
      align: 'right',
      cell: ({ total }) => (
        <span className="font-semibold">
          <Money of={total} />
        </span>
      ),
      sort: ({ total }) => Number(total.amount),
    },
  ]
}
