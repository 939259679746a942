import { call } from '@paddock/webkit/api/call.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Building2, Fingerprint } from 'lucide-react'
import { useAsk } from '../query.ts'
import { canUsePasskeys, isGivenUp, signInByPasskey } from './passkey.ts'
import { text } from './text.ts'

/** Signing in without a password: by a passkey, or by the company's own provider of identities. Nothing where there is neither. */
export function OtherWays() {
  const t = useText(text)
  const client = useQueryClient()
  const ways = useAsk('session.ways', {})
  const passkey = useMutation({
    mutationFn: signInByPasskey,
    onSuccess: (who) => client.setQueryData(['session.whoAmI', {}], who),
  })
  const sso = useMutation({
    mutationFn: () => call('sso.start', { body: {} }),
    onSuccess: ({ url }) => location.assign(url),
  })
  const hasPasskeys = ways.data?.passkeys === true && canUsePasskeys()
  const ssoName = ways.data?.sso?.name
  const error = sso.error ?? (isGivenUp(passkey.error) ? null : passkey.error)
  if (!hasPasskeys && ssoName === undefined) return null
  return (
    <div className="flex flex-col gap-2">
      <p className="flex items-center gap-3 text-xs text-ink-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {t.or}
      </p>
      {hasPasskeys && (
        <Button icon={Fingerprint} busy={passkey.isPending} onClick={() => passkey.mutate()}>
          {t.byPasskey}
        </Button>
      )}
      {ssoName !== undefined && (
        <Button icon={Building2} busy={sso.isPending || sso.isSuccess} onClick={() => sso.mutate()}>
          {t.bySso(ssoName)}
        </Button>
      )}
      {error !== null && <ErrorNote error={error} />}
    </div>
  )
}
