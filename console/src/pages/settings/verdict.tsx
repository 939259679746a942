import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Scroll } from '@paddock/webkit/ui/scroll.tsx'
import { CircleAlert, CircleCheck, LoaderCircle } from 'lucide-react'
import { text } from './text.ts'
import type { Fault, Validation } from './use-validation.ts'

type VerdictProps = {
  readonly validation: Validation
  readonly onGo: (line: number, column: number) => void
}

/** Whether the text can be used, and all that keeps it from it. */
export function Verdict({ validation: { ok, faults, warnings, error }, onGo }: VerdictProps) {
  const t = useText(text)
  const { number } = useFormat()
  if (error !== null) return <ErrorNote error={error} />
  const [Icon, colour, words] =
    ok === null
      ? ([LoaderCircle, 'text-ink-3', t.checking] as const)
      : ok
        ? ([CircleCheck, 'text-ok', t.good] as const)
        : ([CircleAlert, 'text-bad', t.faults(number(faults.length))] as const)
  return (
    <div className="flex flex-col gap-3">
      <p role="status" className="flex items-center gap-2 text-sm font-medium">
        <Icon size={16} aria-hidden className={colour} />
        {words}
      </p>
      {faults.length > 0 && (
        <Scroll label={words} className="max-h-[45vh]">
          <ul className="flex flex-col gap-2">
            {faults.map((fault, place) => (
              <li key={place}>
                <FaultOf fault={fault} onGo={onGo} />
              </li>
            ))}
          </ul>
        </Scroll>
      )}
      {ok === true && warnings.length > 0 && (
        <Note title={t.warnings}>
          <Scroll label={t.warnings} className="mt-1 max-h-56">
            <ul className="flex flex-col gap-1 text-xs">
              {warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          </Scroll>
        </Note>
      )}
    </div>
  )
}

function FaultOf({ fault, onGo }: { readonly fault: Fault; readonly onGo: VerdictProps['onGo'] }) {
  const t = useText(text)
  const { line, column, where, what, fix } = fault
  const words = (
    <>
      <span className="flex flex-wrap gap-x-2 text-xs text-ink-3">
        {line !== null && <span className="tabular">{t.faultPlace(String(line), String(column ?? 1))}</span>}
        {where !== null && <code className="break-all">{where}</code>}
      </span>
      <span className="block">{what}</span>
      {fix !== null && <span className="block text-ink-2">{fix}</span>}
    </>
  )
  const frame = 'block w-full rounded-control border border-line px-3 py-2 text-left text-sm'
  if (line === null) return <div className={frame}>{words}</div>
  return (
    <button type="button" className={`${frame} hover:bg-raised`} onClick={() => onGo(line, column ?? 1)}>
      {words}
    </button>
  )
}
