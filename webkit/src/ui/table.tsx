import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { readKept, writeKept } from '../kept.ts'
import { useText } from '../text/language.tsx'
import { Button, IconButton } from './button.tsx'
import { classNames } from './class-names.ts'
import { Menu } from './menu.tsx'
import { Skeleton } from './panel.tsx'
import { Scroll } from './scroll.tsx'
import { text } from './text.ts'

export type Column<Row> = {
  readonly id: string
  readonly head: string
  readonly cell: (row: Row) => ReactNode
  /** Numbers stand at the right. */
  readonly align?: 'right'
  /** What it is sorted by, for lists that are whole. A decimal is given as a number only to be compared. */
  readonly sort?: (row: Row) => number | string
  /** Not shown until somebody asks for it. */
  readonly hidden?: boolean
}

type TableProps<Row> = {
  /** What it lists, for those who do not see it; also under which its columns are remembered. */
  readonly name: string
  readonly label: string
  readonly columns: readonly Column<Row>[]
  /** Undefined while they are on their way. */
  readonly rows: readonly Row[] | undefined
  readonly rowKey: (row: Row) => string
  /** A click on a row, or Enter on its first cell. */
  readonly onOpen?: (row: Row) => void
  readonly empty?: ReactNode
  /** There are more: shows the button. */
  readonly onMore?: () => void
  readonly moreBusy?: boolean
  readonly chooseColumns?: boolean
  /** Filters of the list, above it. */
  readonly tools?: ReactNode
}

const SKELETON_ROWS = 8

/** Rows and columns. Wider than the place, it scrolls in itself. */
export function Table<Row>(props: TableProps<Row>) {
  const t = useText(text)
  const { name, label, columns, rows, empty, onMore, moreBusy, chooseColumns = false, tools } = props
  const [hidden, setHidden] = useColumns(name, columns)
  const [order, setOrder] = useState<Order | null>(null)
  const shown = columns.filter(({ id }) => !hidden.has(id))
  return (
    <div>
      {(tools !== undefined || chooseColumns) && (
        <div className="flex items-start gap-2 p-3">
          <div className="min-w-0 flex-1">{tools}</div>
          {chooseColumns && <ColumnMenu columns={columns} hidden={hidden} onChange={setHidden} />}
        </div>
      )}
      {rows?.length === 0 ? (
        (empty ?? <p className="px-4 py-8 text-center text-sm text-ink-3">{t.nothing}</p>)
      ) : (
        <Scroll label={label} className="-outline-offset-2">
          <table className="w-full border-collapse text-sm">
            <thead>
              <tr className="border-b border-line text-left text-xs text-ink-3">
                {shown.map((column) => (
                  <Head key={column.id} column={column} order={order} onOrder={setOrder} />
                ))}
              </tr>
            </thead>
            <tbody>
              {rows === undefined ? (
                <Waiting columns={shown.length} />
              ) : (
                <Rows {...props} columns={shown} rows={sorted(rows, columns, order)} />
              )}
            </tbody>
          </table>
        </Scroll>
      )}
      {onMore && (
        <div className="flex justify-center border-t border-line py-2">
          <Button kind="quiet" busy={moreBusy} onClick={onMore}>
            {t.more}
          </Button>
        </div>
      )}
    </div>
  )
}

type Order = { readonly id: string; readonly down: boolean }

function Head<Row>({
  column,
  order,
  onOrder,
}: {
  readonly column: Column<Row>
  readonly order: Order | null
  readonly onOrder: (order: Order) => void
}) {
  const isOrdered = order?.id === column.id
  const down = isOrdered && order.down
  const Icon = down ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      aria-sort={isOrdered ? (down ? 'descending' : 'ascending') : undefined}
      className={classNames(
        'px-3 py-2 font-medium whitespace-nowrap first:pl-4 last:pr-4',
        column.align === 'right' && 'text-right',
      )}
    >
      {column.sort ? (
        <button
          type="button"
          className={classNames(
            'inline-flex items-center gap-1 hover:text-ink',
            // The name stands over the end of the numbers, and the arrow before it.
            column.align === 'right' && 'flex-row-reverse',
          )}
          onClick={() => onOrder({ id: column.id, down: !down })}
        >
          {column.head}
          <Icon size={12} aria-hidden className={isOrdered ? '' : 'opacity-0'} />
        </button>
      ) : (
        column.head
      )}
    </th>
  )
}

function Rows<Row>({
  columns,
  rows,
  rowKey,
  onOpen,
}: Pick<TableProps<Row>, 'columns' | 'rowKey' | 'onOpen'> & { readonly rows: readonly Row[] }) {
  return rows.map((row) => (
    <tr
      key={rowKey(row)}
      onClick={onOpen && (() => onOpen(row))}
      className={classNames('border-b border-line last:border-0', onOpen && 'cursor-pointer hover:bg-raised')}
    >
      {columns.map((column, place) => (
        <td
          key={column.id}
          className={classNames(
            'h-9 px-3 py-1.5 align-middle first:pl-4 last:pr-4',
            column.align === 'right' && 'text-right whitespace-nowrap',
          )}
        >
          {place === 0 && onOpen ? (
            <button
              type="button"
              className="block text-left"
              onClick={(event) => {
                event.stopPropagation()
                onOpen(row)
              }}
            >
              {column.cell(row)}
            </button>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  ))
}

function Waiting({ columns }: { readonly columns: number }) {
  return Array.from({ length: SKELETON_ROWS }, (_, row) => (
    <tr key={row} className="border-b border-line last:border-0">
      {Array.from({ length: columns }, (_cell, place) => (
        <td key={place} className="h-9 px-3 first:pl-4 last:pr-4">
          <Skeleton className="h-3.5 w-4/5" />
        </td>
      ))}
    </tr>
  ))
}

type ColumnMenuProps<Row> = {
  readonly columns: readonly Column<Row>[]
  readonly hidden: ReadonlySet<string>
  readonly onChange: (hidden: ReadonlySet<string>) => void
}

function ColumnMenu<Row>({ columns, hidden, onChange }: ColumnMenuProps<Row>) {
  const t = useText(text)
  const flip = (id: string): void => {
    const next = new Set(hidden)
    if (!next.delete(id)) next.add(id)
    if (next.size < columns.length) onChange(next)
  }
  const items = columns.map(({ id, head }) => ({ label: head, checked: !hidden.has(id), onSelect: () => flip(id) }))
  return <Menu trigger={<IconButton icon={Columns3} label={t.columns} />} groups={[{ label: t.columns, items }]} />
}

/** Which columns are hidden, as this browser remembers it. */
function useColumns<Row>(name: string, columns: readonly Column<Row>[]) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => {
    const kept = readKept(`columns.${name}`)
    return new Set(
      kept === null ? columns.filter((column) => column.hidden).map(({ id }) => id) : kept.split(',').filter(Boolean),
    )
  })
  const keep = (next: ReadonlySet<string>): void => {
    writeKept(`columns.${name}`, [...next].join(','))
    setHidden(next)
  }
  return [hidden, keep] as const
}

function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order | null): readonly Row[] {
  const by = columns.find(({ id }) => id === order?.id)?.sort
  if (!by || !order) return rows
  const sign = order.down ? -1 : 1
  return rows.toSorted((a, b) => {
    const [left, right] = [by(a), by(b)]
    return left < right ? -sign : left > right ? sign : 0
  })
}
