import { classNames } from '@paddock/webkit/ui/class-names.ts'
import { useImperativeHandle, useRef, type Ref } from 'react'
import { offsetOf } from './lines.ts'
import type { Fault } from './use-validation.ts'

export type EditorHandle = {
  /** Puts the cursor there, in sight. Both from 1. */
  readonly goTo: (line: number, column: number) => void
}

type EditorProps = {
  readonly ref?: Ref<EditorHandle>
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly faults: readonly Fault[]
}

/** The lines of the text and their numbers are equally high, or they would not stand beside each other. */
const LINE_PX = 20
const LINE = 'font-mono text-xs leading-5'

/** A plain text with line numbers; those of lines with faults stand out. */
export function Editor({ ref, label, value, onChange, faults }: EditorProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const numbers = useRef<HTMLDivElement>(null)
  const faulty = new Set(faults.map(({ line }) => line))
  useImperativeHandle(ref, () => ({
    goTo: (line, column) => {
      const field = area.current
      if (field === null) return
      const at = offsetOf(field.value, line, column)
      field.focus()
      field.setSelectionRange(at, offsetOf(field.value, line, Infinity))
      field.scrollTop = (line - 1) * LINE_PX - field.clientHeight / 3
    },
  }))
  return (
    <div className="flex h-[65vh] min-h-80 overflow-hidden rounded-card border border-line bg-page focus-within:border-accent">
      <div
        ref={numbers}
        aria-hidden
        className={classNames(
          'shrink-0 overflow-hidden border-r border-line bg-side py-2 text-right select-none',
          LINE,
        )}
      >
        {value.split('\n').map((_, place) => (
          <div
            key={place}
            className={classNames(
              'min-w-10 px-2',
              faulty.has(place + 1) ? 'bg-bad-soft font-semibold text-bad' : 'text-ink-3',
            )}
          >
            {place + 1}
          </div>
        ))}
        {/* The bar that scrolls sideways takes room below the text, and so below the numbers. */}
        <div className="h-6" />
      </div>
      <textarea
        ref={area}
        aria-label={label}
        aria-invalid={faults.length > 0 ? true : undefined}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        onScroll={({ currentTarget }) => numbers.current?.scrollTo({ top: currentTarget.scrollTop })}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        className={classNames('min-w-0 flex-1 resize-none bg-page px-3 py-2 text-ink outline-none', LINE)}
      />
    </div>
  )
}
