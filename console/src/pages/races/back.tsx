import { useText } from '@paddock/webkit/text/language.tsx'
import { buttonClass } from '@paddock/webkit/ui/button.tsx'
import { Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { text } from './text.ts'

/** From one race to all of them. */
export function BackToRaces() {
  const t = useText(text)
  return (
    <Link to="/races" search={{}} className={buttonClass({ kind: 'quiet' })}>
      <ArrowLeft size={14} aria-hidden />
      {t.allRaces}
    </Link>
  )
}
