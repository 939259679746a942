import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button, buttonClass } from '@paddock/webkit/ui/button.tsx'
import { CopyBlock } from '@paddock/webkit/ui/copy.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { getRouteApi, Link } from '@tanstack/react-router'
import { FileCog, Send, Unplug, Waypoints } from 'lucide-react'
import { useAsk } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { Page } from '../../shell/page.tsx'
import { ExplainDialog } from './explain-dialog.tsx'
import { RoutePanel } from './route-panel.tsx'
import { TestDialog } from './test-dialog.tsx'
import { text } from './text.ts'

const route = getRouteApi('/shell/routes')
const REFRESH_MS = 15_000

/** The names callers ask for, where they lead, and why. */
export function RoutesPage() {
  const t = useText(text)
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const mayTest = useMay('owner', 'admin', 'developer')
  const list = useAsk('routes.list', {}, { every: REFRESH_MS })
  const open = (ask: 'explain' | 'test', name = list.data?.items[0]?.name): void =>
    void navigate({ search: { ask, name } })
  const close = (): void => void navigate({ search: {} })
  return (
    <Page
      title={t.title}
      hint={t.hint}
      actions={
        <>
          <ToSettings />
          <Button icon={Waypoints} onClick={() => open('explain')}>
            {t.explain}
          </Button>
          {mayTest && (
            <Button icon={Send} onClick={() => open('test')}>
              {t.test}
            </Button>
          )}
        </>
      }
    >
      {list.error !== null && <ErrorNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && <Warnings list={list.data} />}
      {list.data === undefined && list.error === null && <Waiting />}
      {list.data?.items.length === 0 && <NoRoutes />}
      {list.data?.items.map((one) => (
        <RoutePanel
          key={one.name}
          route={one}
          onExplain={() => open('explain', one.name)}
          onTest={mayTest ? () => open('test', one.name) : undefined}
        />
      ))}
      {search.ask === 'explain' && <ExplainDialog name={search.name ?? ''} onClose={close} />}
      {search.ask === 'test' && mayTest && <TestDialog name={search.name ?? ''} onClose={close} />}
    </Page>
  )
}

function ToSettings({ kind = 'quiet' }: { readonly kind?: 'quiet' | 'primary' }) {
  const t = useText(text)
  const maySee = useMay('owner', 'admin', 'auditor')
  if (!maySee) return null
  return (
    <Link to="/settings" className={buttonClass({ kind })} title={t.inFileHint}>
      <FileCog size={14} aria-hidden />
      {t.inFile}
    </Link>
  )
}

/** What is odd about the routes beyond candidates that cannot be called: those stand at their route. */
function Warnings({ list: { items, warnings } }: { readonly list: Answer<'routes.list'> }) {
  const t = useText(text)
  const isShown = (warning: string): boolean =>
    items.some(({ name, missing }) =>
      missing.some(({ model }) => warning.startsWith(`${model} is not used by route ${name}:`)),
    )
  const others = warnings.filter((warning) => !isShown(warning))
  if (others.length === 0) return null
  return (
    <Note tone="warn" title={t.warnings}>
      <ul>
        {others.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </Note>
  )
}

function Waiting() {
  return Array.from({ length: 3 }, (_, place) => (
    <Panel key={place} title={<Skeleton className="h-5 w-32" />}>
      <Skeleton className="h-28" />
    </Panel>
  ))
}

const EXAMPLE = `routes:
  - name: chat
    strategy: cheapest
    candidates:
      - model: deepseek/deepseek-chat
      - model: openai/gpt-4o-mini`

function NoRoutes() {
  const t = useText(text)
  return (
    <Panel>
      <Empty icon={Unplug} title={t.none} action={<ToSettings kind="primary" />}>
        {t.noneHint}
      </Empty>
      <CopyBlock value={EXAMPLE} label={t.example} />
    </Panel>
  )
}
