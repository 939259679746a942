import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Note } from '@paddock/webkit/ui/note.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { useWho } from '../../session/session.tsx'
import { Page } from '../../shell/page.tsx'
import { Passkeys } from './passkeys.tsx'
import { Password } from './password.tsx'
import { SecondFactor } from './second-factor.tsx'
import { text } from './text.ts'

/** Who one is here, and how one signs in. */
export function ProfilePage() {
  const t = useText(text)
  const { person } = useWho()
  return (
    <Page title={t.title} hint={t.hint}>
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <You />
          {person !== null && <Password email={person.email} />}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {person === null ? (
            <Note>{t.byKey}</Note>
          ) : (
            <>
              <Passkeys email={person.email} />
              <SecondFactor isOn={person.second_factor} email={person.email} />
            </>
          )}
        </div>
      </div>
    </Page>
  )
}

function You() {
  const t = useText(text)
  const { moment, exactMoment } = useFormat()
  const { person, key, role, organisation, expires_at } = useWho()
  const facts = [
    [t.name, person?.name ?? key?.name ?? '—'],
    [t.email, person?.email ?? '—'],
    [t.organisation, organisation.name],
    [t.role, t.roles[role]],
  ] as const
  return (
    <Panel title={t.you}>
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1.5 text-sm">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="min-w-0">{value}</dd>
          </div>
        ))}
        {expires_at !== null && (
          <>
            <dt className="text-ink-3">{t.sessionEnds}</dt>
            <dd title={exactMoment(expires_at)}>{moment(expires_at)}</dd>
          </>
        )}
      </dl>
    </Panel>
  )
}
