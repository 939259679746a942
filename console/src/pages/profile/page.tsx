import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Facts } from '@paddock/webkit/ui/facts.tsx'
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
  const ends = expires_at !== null && (
    <time key="ends" title={exactMoment(expires_at)}>
      {moment(expires_at)}
    </time>
  )
  return (
    <Panel title={t.you}>
      <Facts
        facts={[
          [t.name, person?.name ?? key?.name ?? null],
          [t.email, person?.email ?? null],
          [t.organisation, organisation.name],
          [t.role, t.roles[role]],
          [t.sessionEnds, ends],
        ]}
      />
    </Panel>
  )
}
