import { useText } from '@paddock/webkit/text/language.tsx'
import { Page } from '../../shell/page.tsx'
import { text } from '../../shell/text.ts'

export function RacesPage() {
  const t = useText(text)
  return <Page title={t.races}>{null}</Page>
}
