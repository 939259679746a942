import { useText } from '@paddock/webkit/text/language.tsx'
import { Page } from '../../shell/page.tsx'
import { text } from '../../shell/text.ts'

export function RoutesPage() {
  const t = useText(text)
  return <Page title={t.routes}>{null}</Page>
}
