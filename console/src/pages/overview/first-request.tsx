import { useText } from '@paddock/webkit/text/language.tsx'
import { useLiveRequests } from '@paddock/webkit/api/use-live.ts'
import { buttonClass } from '@paddock/webkit/ui/button.tsx'
import { CopyBlock } from '@paddock/webkit/ui/copy.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Link } from '@tanstack/react-router'
import { Radio } from 'lucide-react'
import { useState } from 'react'
import { useAsk } from '../../query.ts'
import { text } from './text.ts'

/** Before there is anything to see: how to ask the first question, and a page that flips by itself when it was asked. */
export function FirstRequest() {
  const t = useText(text)
  const models = useAsk('routes.models', {})
  const [hasEnded, setEnded] = useState(false)
  useLiveRequests({}, () => setEnded(true))
  // It is in the sums a moment after it ended; then this place is another.
  useAsk('overview.extent', {}, { every: hasEnded ? 500 : undefined })
  const model = models.data?.items[0]?.name ?? 'provider/model'
  return (
    <Panel>
      <Empty
        icon={Radio}
        title={t.emptyTitle}
        action={
          <div className="flex gap-2">
            <Link to="/keys" className={buttonClass({ kind: 'primary' })}>
              {t.makeKey}
            </Link>
            <Link to="/providers" className={buttonClass()}>
              {t.addProvider}
            </Link>
          </div>
        }
      >
        {t.emptyHint}
      </Empty>
      <CopyBlock value={curl(model)} label={t.emptyHint} />
      <p role="status" className="mt-3 flex items-center justify-center gap-2 text-sm text-ink-2">
        <span aria-hidden className="size-2 animate-pulse rounded-full bg-accent" />
        {t.waiting}
      </p>
    </Panel>
  )
}

function curl(model: string): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })
  return `curl ${location.origin}/v1/chat/completions \\
  -H "Authorization: Bearer $PADDOCK_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${body}'`
}
