import { csvAddress } from '@paddock/webkit/api/call.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button, buttonClass } from '@paddock/webkit/ui/button.tsx'
import { FilterField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table } from '@paddock/webkit/ui/table.tsx'
import { Download, Tags } from 'lucide-react'
import { useMemo } from 'react'
import { usePriceRows, wholeName, type PriceRow } from '../../price-book/rows.ts'
import { usePriceColumns } from './columns.tsx'
import { NameFilters, optionsOf } from './name-filters.tsx'
import type { TabProps } from './search.ts'
import { text } from './text.ts'
import { TimeTravel } from './time-travel.tsx'
import { useAt } from './use-at.ts'

/** The rows in force at an instant, whole, to be filtered, sorted and taken along. */
export function Book({ search, onChange }: TabProps) {
  const t = useText(text)
  const { number } = useFormat()
  const at = useAt(search.at)
  const rows = usePriceRows({ at })
  const { provider, model, currency } = search
  const shown = useMemo(
    () => rows.data?.filter((row) => fits(row, { provider, model, currency })),
    [rows.data, provider, model, currency],
  )
  const columns = usePriceColumns()
  const clear = (): void => onChange({ provider: undefined, model: undefined, currency: undefined })
  return (
    <Panel
      flush
      title={<TimeTravel at={at} onChange={(instant) => onChange({ at: instant })} />}
      hint={<span role="status">{shown && t.rowsOf(number(shown.length), number(rows.data?.length ?? 0))}</span>}
      actions={
        <a
          href={csvAddress('prices.list', { query: { at, provider, currency } })}
          title={t.csvHint}
          download
          className={buttonClass()}
        >
          <Download size={14} aria-hidden />
          {t.csv}
        </a>
      }
    >
      {rows.error !== null && <ErrorNote error={rows.error} onRetry={() => void rows.refetch()} />}
      <Table
        name="prices"
        label={t.title}
        chooseColumns
        tools={<Filters rows={rows.data ?? []} search={search} onChange={onChange} />}
        columns={columns}
        rows={shown}
        rowKey={({ id }) => id}
        onOpen={(row) => onChange({ of: wholeName(row), row: row.id })}
        empty={
          <Empty icon={Tags} title={t.noRows} action={<Button onClick={clear}>{t.clear}</Button>}>
            {t.noRowsHint}
          </Empty>
        }
      />
    </Panel>
  )
}

function fits(row: PriceRow, { provider, model, currency }: TabProps['search']): boolean {
  return (
    (provider === undefined || row.provider === provider) &&
    (currency === undefined || row.currency === currency) &&
    (model === undefined || wholeName(row).toLowerCase().includes(model.toLowerCase()))
  )
}

type FiltersProps = TabProps & { readonly rows: readonly PriceRow[] }

function Filters({ rows, search, onChange }: FiltersProps) {
  const t = useText(text)
  return (
    <div className="grid gap-2 sm:grid-cols-3 lg:max-w-3xl">
      <NameFilters providers={rows.map(({ provider }) => provider)} search={search} onChange={onChange} />
      <FilterField
        label={t.currency}
        any={t.anyCurrency}
        value={search.currency}
        options={optionsOf(rows.map(({ currency }) => currency))}
        onChange={(currency) => onChange({ currency })}
      />
    </div>
  )
}
