import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { CopyBlock } from '@paddock/webkit/ui/copy.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { useAsk } from '../../query.ts'
import { useWho } from '../../session/session.tsx'
import { text } from './text.ts'

/** Works out every hash again, when asked to. It is about the log of all organisations, so it is for the first one. */
export function Verify() {
  const t = useText(text)
  const { number } = useFormat()
  const { installation } = useWho()
  const [isAsked, setAsked] = useState(false)
  const check = useAsk('audit.verify', {}, { when: isAsked })
  if (!installation) return null
  const again = (): void => {
    if (isAsked) void check.refetch()
    setAsked(true)
  }
  return (
    <div className="flex flex-col gap-3">
      <div>
        <Button icon={ShieldCheck} busy={check.isFetching} onClick={again}>
          {t.verify}
        </Button>
      </div>
      {check.error !== null && <ErrorNote error={check.error} />}
      {check.data?.ok === true && (
        <Note title={t.whole(number(check.data.records))}>
          {check.data.head !== null && (
            <div className="mt-1 flex flex-col gap-1">
              {t.head}
              <CopyBlock value={check.data.head} />
            </div>
          )}
        </Note>
      )}
      {check.data && check.data.problem !== null && (
        <Note tone="bad" title={t.broken(number(check.data.problem.seq))}>
          {check.data.problem.what}
        </Note>
      )}
    </div>
  )
}
