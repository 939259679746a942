import { LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { classNames } from './class-names.ts'

const KINDS = {
  /** The one thing to do here. */
  primary: 'bg-accent text-on-accent border-transparent hover:opacity-90',
  plain: 'bg-page text-ink border-edge hover:bg-raised',
  quiet: 'bg-transparent text-ink-2 border-transparent hover:bg-raised hover:text-ink',
  /** Cannot be taken back. */
  danger: 'bg-bad text-on-bad border-transparent hover:opacity-90',
} as const

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly kind?: keyof typeof KINDS
  readonly icon?: LucideIcon
  readonly busy?: boolean
  readonly small?: boolean
  readonly children?: ReactNode
}

/** How a button looks; for links that are to look like one. */
export function buttonClass({ kind = 'plain', small = false }: Pick<ButtonProps, 'kind' | 'small'> = {}): string {
  return classNames(
    'inline-flex shrink-0 items-center justify-center gap-2 rounded-control border font-medium whitespace-nowrap transition-colors',
    'disabled:cursor-not-allowed disabled:opacity-50',
    small ? 'h-7 px-2 text-xs' : 'h-8 px-3 text-sm pointer-coarse:h-10',
    KINDS[kind],
  )
}

export function Button({ kind, icon: Icon, busy = false, small, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={classNames(buttonClass({ kind, small }), className)}
    >
      {busy ? <LoaderCircle size={14} className="animate-spin" aria-hidden /> : Icon && <Icon size={14} aria-hidden />}
      {children}
    </button>
  )
}

type IconButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label'> & {
  readonly icon: LucideIcon
  readonly label: string
}

/** A button that shows an icon alone; `label` is its name for those who do not see it, and its title. */
export function IconButton({ icon: Icon, label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      title={label}
      className={classNames(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-control text-ink-2 transition-colors hover:bg-raised hover:text-ink disabled:opacity-50 pointer-coarse:size-10',
        className,
      )}
    >
      <Icon size={16} aria-hidden />
    </button>
  )
}
