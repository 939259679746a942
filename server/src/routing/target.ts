import type { ActiveProvider } from './active-provider.ts'

/** One place a request can be sent to. */
export type Target = { readonly provider: ActiveProvider; readonly model: string }

/** The name its prices are found under: a provider of an operator's own name may have those of a known one. */
export function priceName({ provider, model }: Target): string {
  return `${provider.bookName}/${model}`
}

/** Put together once for each target: a request asks for it a dozen times. */
const fullNames = new WeakMap<Target, string>()

/** `provider/model`, as people and the books write it. */
export function fullName(target: Target): string {
  const known = fullNames.get(target)
  if (known !== undefined) return known
  const name = `${target.provider.facts.id}/${target.model}`
  fullNames.set(target, name)
  return name
}
