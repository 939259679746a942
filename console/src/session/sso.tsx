import { call } from '@paddock/webkit/api/call.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { buttonClass } from '@paddock/webkit/ui/button.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Navigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { FormPage } from './form-page.tsx'
import { text } from './text.ts'

/** What the provider of identities sent the browser back with, as it is: read before the router writes the address anew. */
const SENT_BACK = location.search.slice(1)

/** Where the provider of identities sends the browser back to: signs in with what it said. */
export function SsoReturn() {
  const t = useText(text)
  const client = useQueryClient()
  const signIn = useQuery({
    queryKey: ['sso.signIn'],
    queryFn: () => call('sso.signIn', { body: { answer: SENT_BACK } }),
    // It is good once.
    retry: false,
    staleTime: Infinity,
    enabled: SENT_BACK !== '',
  })
  useEffect(() => {
    if (signIn.data) client.setQueryData(['session.whoAmI', {}], signIn.data)
  }, [client, signIn.data])
  if (signIn.data || SENT_BACK === '') return <Navigate to="/" replace />
  return (
    <FormPage title={t.signInTo} hint={signIn.error === null ? t.signingIn : undefined} onSubmit={() => undefined}>
      {signIn.error !== null && (
        <>
          <ErrorNote error={signIn.error} />
          <Link to="/" replace className={buttonClass({ kind: 'primary' })}>
            {t.otherWay}
          </Link>
        </>
      )}
    </FormPage>
  )
}
