import { useText } from '@paddock/webkit/text/language.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { Link } from '@tanstack/react-router'
import { FlaskConical, KeyRound, Plug } from 'lucide-react'
import { text } from './text.ts'

/** While nothing but practice answers: how to come to real answers. */
export function FirstSteps() {
  const t = useText(text)
  const steps = [
    { icon: Plug, title: t.stepKey, hint: t.stepKeyHint },
    { icon: FlaskConical, title: t.stepTest, hint: t.stepTestHint },
    { icon: KeyRound, title: t.stepUse, hint: t.stepUseHint, to: '/keys' as const },
  ]
  return (
    <Panel title={t.firstSteps} hint={t.firstStepsHint}>
      <ol className="grid gap-3 md:grid-cols-3">
        {steps.map(({ icon: Icon, title, hint, to }, place) => (
          <li key={title} className="flex gap-3 rounded-control border border-line p-3">
            <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft text-accent">
              <Icon size={16} aria-hidden />
            </span>
            <div className="min-w-0">
              <p className="text-sm font-medium">{`${place + 1}. ${title}`}</p>
              <p className="text-xs text-ink-2">{hint}</p>
              {to && (
                <Link to={to} className="text-xs font-medium text-link hover:underline">
                  {t.makeKey}
                </Link>
              )}
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
