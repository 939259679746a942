import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge, type Tone } from '@paddock/webkit/ui/badge.tsx'
import { Scroll } from '@paddock/webkit/ui/scroll.tsx'
import { Link } from '@tanstack/react-router'
import { useReason } from '../../race-reasons.ts'
import { shortName, wordsOf, type StoryEvent } from './story.ts'
import { text } from './timeline-text.ts'

const TONES: Partial<Record<StoryEvent['kind'], Tone>> = {
  price_drop: 'accent',
  proposal: 'accent',
  promote: 'ok',
  settle: 'ok',
  reject: 'warn',
  rollback: 'bad',
  abort: 'bad',
}

/** What happened, in order, with the way to it. */
export function Events({ of }: { readonly of: readonly StoryEvent[] }) {
  const t = useText(text)
  if (of.length === 0) return null
  return (
    <Scroll label={t.events} className="mt-3 max-h-64 border-t border-line">
      <ol>
        {of.map((event, place) => (
          <Row key={`${event.at} ${event.kind} ${place}`} of={event} />
        ))}
      </ol>
    </Scroll>
  )
}

function Row({ of }: { readonly of: StoryEvent }) {
  const t = useText(text)
  const { shortDay, exactMoment } = useFormat()
  const reasonOf = useReason()
  return (
    <li className="grid grid-cols-[4.5rem_minmax(0,1fr)] items-baseline gap-x-3 border-b border-line py-1.5 text-sm last:border-0 sm:grid-cols-[4.5rem_8rem_minmax(0,1fr)]">
      <time dateTime={of.at} title={exactMoment(of.at)} className="tabular text-xs text-ink-3">
        {shortDay(of.at)}
      </time>
      <span className="col-start-2">
        <Badge tone={TONES[of.kind] ?? 'plain'}>{t.kinds[of.kind]}</Badge>
      </span>
      <p className="col-start-2 min-w-0 sm:col-start-3">
        <Where of={of} /> <span className="text-ink-2">{reasonOf(wordsOf(of))}</span>
        {of.actor !== null && of.actor !== 'referee' && <span className="text-xs text-ink-3"> · {of.actor}</span>}
      </p>
    </li>
  )
}

/** To the price that fell, or to the race. */
function Where({ of: { kind, model, race, route } }: { readonly of: StoryEvent }) {
  const words = [route, model === null ? null : shortName(model)].filter((word) => word !== null).join(' → ')
  const look = 'font-medium text-link hover:underline'
  if (kind === 'price_drop')
    return (
      <Link to="/prices" search={{ of: model ?? undefined }} className={look}>
        {words}
      </Link>
    )
  return (
    <Link to="/races" search={race === null ? { route: route ?? undefined } : { race }} className={look}>
      {words}
    </Link>
  )
}
