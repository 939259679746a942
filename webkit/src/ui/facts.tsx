import type { ReactNode } from 'react'

type FactsProps = {
  /** Name and value; null or false: there is nothing to say about it. */
  readonly facts: readonly (readonly [string, ReactNode])[]
}

/** What is known of one thing, name beside value. */
export function Facts({ facts }: FactsProps) {
  return (
    <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1.5 text-sm">
      {facts
        .filter(([, value]) => value !== null && value !== false)
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="tabular min-w-0">{value}</dd>
          </div>
        ))}
    </dl>
  )
}
