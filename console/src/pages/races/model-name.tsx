import { classNames } from '@paddock/webkit/ui/class-names.ts'
import { Link } from '@tanstack/react-router'

/** A model in one line: its provider is told more quietly than its name. */
export function ModelName({ of }: { readonly of: string }) {
  const cut = of.indexOf('/') + 1
  return (
    <span title={of} className="whitespace-nowrap">
      <span className="text-ink-3">{of.slice(0, cut)}</span>
      {of.slice(cut)}
    </span>
  )
}

/** The same, leading to what it costs and has cost. */
export function PricedModel({ of }: { readonly of: string }) {
  return (
    <Link to="/prices" search={{ of }} className="hover:underline">
      <ModelName of={of} />
    </Link>
  )
}

type AgainstProps = {
  readonly champion: string
  readonly challengers: readonly string[]
  /** Under each other where there is no room: tables scroll instead. */
  readonly wraps?: boolean
}

/** Champion and those who want its place. */
export function Against({ champion, challengers, wraps = false }: AgainstProps) {
  return (
    <span className={classNames('items-baseline gap-x-2', wraps ? 'flex flex-wrap' : 'grid grid-cols-[auto_1fr]')}>
      <span className="whitespace-nowrap">
        <ModelName of={champion} />{' '}
        <span aria-hidden className="text-ink-3">
          →
        </span>
      </span>
      <span className="flex flex-col">
        {challengers.map((model) => (
          <ModelName key={model} of={model} />
        ))}
      </span>
    </span>
  )
}
