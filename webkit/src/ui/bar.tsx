import { classNames } from './class-names.ts'

type BarProps = {
  /** 0 to 1; more is shown as full. */
  readonly share: number
  /** A second part behind the first: what is held beside what is spent. */
  readonly more?: number
  readonly label: string
  readonly tone?: 'accent' | 'warn' | 'bad' | 'plain'
}

const TONES = { accent: 'bg-accent', warn: 'bg-warn', bad: 'bg-bad', plain: 'bg-chart-8' } as const

/** How much of something: a part of its whole. */
export function Bar({ share, more = 0, label, tone = 'accent' }: BarProps) {
  const part = (value: number): string => `${Math.min(100, Math.max(0, value * 100))}%`
  return (
    <div
      role="img"
      aria-label={label}
      title={label}
      className="flex h-1.5 w-full min-w-16 overflow-hidden rounded-full bg-raised"
    >
      <div className={classNames('h-full', TONES[tone])} style={{ width: part(share) }} />
      <div className={classNames('h-full opacity-40', TONES[tone])} style={{ width: part(more) }} />
    </div>
  )
}
