import { useFormat } from '../format/format.ts'

type InstantProps = {
  readonly at: string
  /** `moment`: with the time of day. */
  readonly as?: 'day' | 'moment'
}

/** An instant in a list, short; everything about it, with the time zone, in its title. */
export function Instant({ at, as = 'moment' }: InstantProps) {
  const format = useFormat()
  return (
    <time dateTime={at} title={format.exactMoment(at)} className="whitespace-nowrap">
      {format[as](at)}
    </time>
  )
}
