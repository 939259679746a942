import { useText } from '@paddock/webkit/text/language.tsx'
import { buttonClass } from '@paddock/webkit/ui/button.tsx'
import { Empty } from '@paddock/webkit/ui/panel.tsx'
import { Link } from '@tanstack/react-router'
import { SignpostBig } from 'lucide-react'
import { text } from './text.ts'

export function NotFound() {
  const t = useText(text)
  return (
    <Empty
      icon={SignpostBig}
      title={t.notFound}
      action={
        <Link to="/" className={buttonClass({ kind: 'primary' })}>
          {t.home}
        </Link>
      }
    />
  )
}
