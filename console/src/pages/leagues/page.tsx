import { useText } from '@paddock/webkit/text/language.tsx'
import { Page } from '../../shell/page.tsx'
import { text } from '../../shell/text.ts'

export function LeaguesPage() {
  const t = useText(text)
  return <Page title={t.leagues}>{null}</Page>
}
