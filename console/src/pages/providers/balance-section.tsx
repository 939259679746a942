import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { useChange } from '../../query.ts'
import { FailureNote } from './failure-note.tsx'
import { Section } from './section.tsx'
import { text } from './text.ts'

/** What is left of the money that was paid in, as the provider tells it when it is asked. */
export function BalanceSection({ id }: { readonly id: string }) {
  const t = useText(text)
  const { moment } = useFormat()
  const balance = useChange('providers.balance', [])
  return (
    <Section
      title={t.balance}
      actions={
        <Button small busy={balance.isPending} onClick={() => balance.mutate({ params: { id } })}>
          {t.askBalance}
        </Button>
      }
    >
      {balance.error !== null && <ErrorNote error={balance.error} />}
      {balance.data?.error && <FailureNote failure={balance.data.error} />}
      {balance.data?.error === null && (
        <p className="flex items-baseline gap-3">
          <span className="text-lg font-semibold">
            <Monies of={balance.data.balances} />
          </span>
          <span className="text-xs text-ink-3">{t.asOf(moment(balance.data.as_of))}</span>
        </p>
      )}
      {balance.data === undefined && balance.error === null && <p className="text-sm text-ink-3">{t.balanceHint}</p>}
    </Section>
  )
}
