import type { ssoApi } from '@paddock/contract/control/sso'
import type { OidcSetting } from '@paddock/contract/sign-in'
import type { Clock } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import { SSO_MS_MAX, type Oidc } from '../../callers/oidc.ts'
import type { SsoPeople } from '../../callers/sso-people.ts'
import { enter, limited, type EnteringParts } from '../entering.ts'
import type { Handlers } from '../handlers.ts'

export type SsoParts = EnteringParts & {
  readonly clock: Clock
  readonly oidc: Oidc
  readonly ssoPeople: SsoPeople
  readonly setting: () => OidcSetting | null
}

export function ssoHandlers(parts: SsoParts): Handlers<typeof ssoApi> {
  const { clock, oidc, ssoPeople } = parts
  return {
    start: async ({ site, setBegun }) => {
      const { url, state } = await oidc.start(settingOf(parts), site)
      setBegun({ token: state, expiresAt: clock.now() + SSO_MS_MAX })
      return { url }
    },
    signIn: (asked) =>
      limited(parts, { from: asked.from }, async () => {
        const setting = settingOf(parts)
        asked.note({ claimed: setting.issuer })
        // Whatever comes of it, it counts once.
        asked.setBegun(null)
        const identity = await oidc.finish(setting, { answer: asked.body.answer, state: asked.begun })
        asked.note({ claimed: identity.email ?? `${identity.subject} of ${identity.issuer}` })
        const { personId, how } = await ssoPeople.enter(identity, setting)
        return enter(parts, asked, { personId, how: `sso, ${how}` })
      }),
  }
}

function settingOf({ setting }: SsoParts): OidcSetting {
  const found = setting()
  if (found !== null) return found
  throw new PaddockError('sso_off', {
    message: 'There is no single sign-on here: set sign_in.oidc in paddock.yaml.',
  })
}
