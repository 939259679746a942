import { useText } from '@paddock/webkit/text/language.tsx'
import { Page } from '../../shell/page.tsx'
import { text } from '../../shell/text.ts'

export function BillsPage() {
  const t = useText(text)
  return <Page title={t.bills}>{null}</Page>
}
