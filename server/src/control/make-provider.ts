import { excerpt, PaddockError } from '../base/errors.ts'
import { PROVIDERS } from '../providers/all.ts'
import { practice } from '../providers/practice/practice.ts'
import type { EnteredKeys } from '../routing/entered-keys.ts'
import type { MadeProvider, MadeProviders } from '../routing/made-providers.ts'
import { publicUrl } from './public-url.ts'

export type MakingParts = {
  readonly enteredKeys: EnteredKeys
  readonly madeProviders: MadeProviders
  /** Whether paddock.yaml has a provider of this name. */
  readonly inFile: (id: string) => boolean
}

type Making = {
  readonly dialect: MadeProvider['dialect']
  readonly base_url: string
  readonly key?: string | undefined
  readonly models: readonly string[]
  readonly currency: string
}

/** A key stays with the address it was entered for: with another one it has to be typed again. */
export async function makeProvider(parts: MakingParts, id: string, body: Making): Promise<MadeProvider> {
  const { enteredKeys, madeProviders } = parts
  refuseName(parts, id)
  const { dialect, key, models, currency } = body
  const baseUrl = publicUrl(body.base_url, '/base_url')
  if (key !== undefined) await enteredKeys.enter(id, { key, baseUrl })
  else if ((await enteredKeys.list()).get(id)?.baseUrl !== baseUrl) await enteredKeys.remove(id)
  const made = { id, dialect, baseUrl, currency, models, needsKey: (await enteredKeys.list()).has(id) }
  await madeProviders.put(made)
  return made
}

function refuseName({ inFile }: MakingParts, id: string): void {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(id)) {
    throw new PaddockError('field_invalid', {
      message: `/id: a provider is called by small letters, digits and "-", such as my-lab; not "${excerpt(id)}".`,
      param: '/id',
    })
  }
  const isKnown = id === practice.id || PROVIDERS.some((facts) => facts.id === id)
  if (!isKnown && !inFile(id)) return
  throw new PaddockError('already_there', {
    message: isKnown
      ? `${id} is a provider that is known: enter its key, or give yours another name.`
      : `paddock.yaml has a provider ${id}, and it wins: change it there, or give yours another name.`,
    param: '/id',
  })
}
