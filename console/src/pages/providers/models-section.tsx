import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Scroll } from '@paddock/webkit/ui/scroll.tsx'
import { useChange } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { FailureNote } from './failure-note.tsx'
import { modelRows, type ModelRow } from './model-rows.ts'
import type { Provider } from './provider.ts'
import { Section } from './section.tsx'
import { text } from './text.ts'

/** The models callers are offered, with how fast they are; on demand, those the provider itself lists beside them. */
export function ModelsSection({ provider }: { readonly provider: Provider }) {
  const t = useText(text)
  const { duration } = useFormat()
  const mayAsk = useMay('owner', 'admin') && !provider.practice
  // Asked when somebody wants to know, and at no other time: it is a call to the provider.
  const found = useChange('providers.models', [])
  return (
    <Section
      title={t.models}
      actions={
        mayAsk && (
          <Button small busy={found.isPending} onClick={() => found.mutate({ params: { id: provider.id } })}>
            {t.askModels}
          </Button>
        )
      }
    >
      {provider.open && <p className="text-xs text-ink-3">{t.openHint}</p>}
      {found.error !== null && <ErrorNote error={found.error} />}
      {found.data?.error && <FailureNote failure={found.data.error} />}
      {found.data && found.data.error === null && (
        <p className="text-xs text-ink-3">{t.foundModels(found.data.items.length, duration(found.data.duration_ms))}</p>
      )}
      {found.isPending ? (
        <Skeleton className="h-40" />
      ) : (
        <ModelTable rows={modelRows(provider, found.data?.items)} isAsked={found.data?.error === null} />
      )}
    </Section>
  )
}

function ModelTable({ rows, isAsked }: { readonly rows: readonly ModelRow[]; readonly isAsked: boolean }) {
  const t = useText(text)
  const { duration, decimal } = useFormat()
  if (rows.length === 0) return <p className="text-sm text-ink-3">{t.noModels}</p>
  const yesNo = (is: boolean | null): string => (is === null ? '—' : is ? t.yes : t.no)
  return (
    <Scroll label={t.models} className="max-h-80 rounded-control border border-line">
      <table className="w-full text-xs">
        <thead>
          <tr className="sticky top-0 bg-page text-left text-ink-3">
            <th scope="col" className="px-3 py-1.5 font-medium">
              {t.model}
            </th>
            {isAsked && (
              <>
                <th scope="col" className="px-2 py-1.5 font-medium whitespace-nowrap">
                  {t.offered}
                </th>
                <th scope="col" className="px-2 py-1.5 font-medium whitespace-nowrap">
                  {t.priced}
                </th>
              </>
            )}
            <th scope="col" className="px-2 py-1.5 text-right font-medium whitespace-nowrap">
              {t.firstByte}
            </th>
            <th scope="col" className="px-3 py-1.5 text-right font-medium whitespace-nowrap">
              {t.perSecond}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, offered, priced, speed }) => (
            <tr key={name} className="border-t border-line">
              <td className="min-w-40 px-3 py-1.5">{name}</td>
              {isAsked && (
                <>
                  <td className={offered ? 'px-2' : 'px-2 text-ink-3'}>{yesNo(offered)}</td>
                  <td className={priced === false ? 'px-2 font-medium text-warn' : 'px-2'}>{yesNo(priced)}</td>
                </>
              )}
              <td className="px-2 text-right whitespace-nowrap">{speed ? duration(speed.first_byte_ms) : '—'}</td>
              <td className="px-3 text-right whitespace-nowrap">
                {speed && speed.tokens_per_second !== null ? decimal(speed.tokens_per_second) : '—'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
