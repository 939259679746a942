import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useAsk } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { Page } from '../../shell/page.tsx'
import { FirstSteps } from './first-steps.tsx'
import { Idle } from './idle.tsx'
import { MakeDialog } from './make-dialog.tsx'
import { ProviderDrawer } from './drawer.tsx'
import { SetUp } from './set-up.tsx'
import { text } from './text.ts'

const route = getRouteApi('/shell/providers')
const REFRESH_MS = 15_000

/** Who serves models: those that are set up, with how they are, and all others that are known. */
export function ProvidersPage() {
  const t = useText(text)
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const mayChange = useMay('owner', 'admin')
  const list = useAsk('providers.list', {}, { every: REFRESH_MS })
  const look = (provider: string | undefined): void => void navigate({ search: { provider } })
  const all = list.data?.items
  const isSetUp = ({ active, made_here }: { active: boolean; made_here: boolean }): boolean => active || made_here
  const hasReal = all?.some(({ active, practice }) => active && !practice)
  return (
    <Page
      title={t.title}
      hint={t.hint}
      actions={
        mayChange && (
          <Button icon={Plus} onClick={() => void navigate({ search: { add: true } })}>
            {t.add}
          </Button>
        )
      }
    >
      {list.error !== null && <ErrorNote error={list.error} onRetry={() => void list.refetch()} />}
      {hasReal === false && <FirstSteps />}
      {(all !== undefined || list.error === null) && (
        <>
          <SetUp providers={all?.filter(isSetUp)} onOpen={look} />
          <Idle providers={all?.filter((one) => !isSetUp(one))} onOpen={look} />
        </>
      )}
      <ProviderDrawer provider={all?.find(({ id }) => id === search.provider)} onClose={() => look(undefined)} />
      {search.add && mayChange && <MakeDialog onClose={() => look(undefined)} onMade={look} />}
    </Page>
  )
}
