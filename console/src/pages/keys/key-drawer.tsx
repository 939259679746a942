import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button, buttonClass } from '@paddock/webkit/ui/button.tsx'
import { CopyLine } from '@paddock/webkit/ui/copy.tsx'
import { Confirm, Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { Facts } from '@paddock/webkit/ui/facts.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Section } from '@paddock/webkit/ui/section.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { Link } from '@tanstack/react-router'
import { ListTree, Pencil } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useAsk, useChange } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { BudgetBar } from './budget-bar.tsx'
import { ChangeDialog } from './change-dialog.tsx'
import { KeyStateBadge } from './state-badge.tsx'
import { text } from './text.ts'
import { budgetsOfKey } from './used.ts'
import { useLimitWords } from './words.ts'

type Key = Answer<'keys.find'>

/** One key whole, and what can be done with it. */
export function KeyDrawer({ id, onClose }: { readonly id: string | undefined; readonly onClose: () => void }) {
  const t = useText(text)
  const found = useAsk('keys.find', { params: { id: id ?? '' } }, { when: id !== undefined })
  const key = found.data?.id === id ? found.data : undefined
  return (
    <Dialog
      shape="drawer"
      open={id !== undefined}
      onClose={onClose}
      title={key?.name ?? t.key}
      description={key && <CopyLine key={key.id} value={key.public_part} shown={`${key.public_part}…`} />}
      footer={key && <Actions key={key.id} of={key} />}
    >
      {found.error !== null && <ErrorNote error={found.error} onRetry={() => void found.refetch()} />}
      {key ? <Whole of={key} /> : found.error === null && <Skeleton className="h-96" />}
    </Dialog>
  )
}

function Whole({ of: key }: { readonly of: Key }) {
  const t = useText(text)
  const { exactMoment } = useFormat()
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t.state, <KeyStateBadge key="state" state={key.state} />],
    [t.team, key.team],
    [t.user, key.user],
    [t.scopesHead, key.scopes.map((scope) => t.scopes[scope]).join(' · ')],
    [t.created, exactMoment(key.created_at)],
    [t.expires, key.expires_at === null ? t.never : exactMoment(key.expires_at)],
    [t.revoked, key.revoked_at !== null && exactMoment(key.revoked_at)],
    [
      t.keyId,
      <code key="id" className="text-xs break-all">
        {key.id}
      </code>,
    ],
  ]
  return (
    <div className="flex flex-col gap-6">
      <Facts facts={facts} />
      <Section title={t.models}>
        {key.models === null ? (
          <p className="text-sm">{t.everyModel}</p>
        ) : (
          <ul className="flex flex-wrap gap-1.5">
            {key.models.map((name) => (
              <li key={name} className="rounded-full bg-raised px-2.5 py-0.5 text-xs">
                {name}
              </li>
            ))}
          </ul>
        )}
      </Section>
      <LimitList limits={key.limits} />
      <BudgetList keyId={key.id} />
    </div>
  )
}

function LimitList({ limits }: Pick<Key, 'limits'>) {
  const t = useText(text)
  const words = useLimitWords()(limits)
  return (
    <Section title={t.limitsHead}>
      {words.length === 0 ? (
        <p className="text-sm text-ink-3">{t.noLimits}</p>
      ) : (
        <ul className="tabular flex flex-col gap-1 text-sm">
          {words.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function BudgetList({ keyId }: { readonly keyId: string }) {
  const t = useText(text)
  const budgets = useAsk('budgets.list', { query: { scope: 'key' } })
  const own = budgetsOfKey(budgets.data?.items ?? [], keyId)
  return (
    <Section title={t.budgets}>
      {budgets.error !== null && <ErrorNote error={budgets.error} onRetry={() => void budgets.refetch()} />}
      {budgets.data !== undefined && own.length === 0 && <p className="text-sm text-ink-3">{t.noBudget}</p>}
      {own.map((budget, place) => (
        <BudgetBar key={place} budget={budget} words />
      ))}
    </Section>
  )
}

function Actions({ of: key }: { readonly of: Key }) {
  const t = useText(text)
  const say = useToast()
  const revoke = useChange('keys.revoke', ['keys', 'budgets'])
  const mayChange = useMay('owner', 'admin', 'developer')
  const mayAdmin = useMay('owner', 'admin')
  const [open, setOpen] = useState<'change' | 'revoke' | null>(null)
  const isOver = key.state !== 'active'
  const isRefused = key.scopes.includes('admin') && !mayAdmin
  const why = isOver ? t.ended : isRefused ? t.mayNotTouch : undefined
  return (
    <>
      <Link to="/requests" search={{ key: key.id }} className={buttonClass()}>
        <ListTree size={14} aria-hidden />
        {t.lastRequests}
      </Link>
      {mayChange && (
        <>
          <Button disabled={why !== undefined} title={why} onClick={() => setOpen('revoke')}>
            {t.revoke}
          </Button>
          <Button icon={Pencil} disabled={why !== undefined} title={why} onClick={() => setOpen('change')}>
            {t.change}
          </Button>
        </>
      )}
      {open === 'change' && <ChangeDialog of={key} onClose={() => setOpen(null)} />}
      <Confirm
        open={open === 'revoke'}
        onClose={() => setOpen(null)}
        onConfirm={() =>
          revoke.mutate(
            { params: { id: key.id } },
            {
              onSuccess: () => {
                setOpen(null)
                say(t.revokedNow(key.name))
              },
            },
          )
        }
        title={t.revokeTitle(key.name)}
        deed={t.revoke}
        typed={key.name}
        busy={revoke.isPending}
        error={revoke.error}
      >
        <p>{t.revokeHint}</p>
      </Confirm>
    </>
  )
}
