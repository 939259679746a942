import type { ActiveProvider } from './active-provider.ts'

/** One place a request can be sent to. */
export type Target = { readonly provider: ActiveProvider; readonly model: string }

/** The name its prices are found under: a provider of an operator's own name may have those of a known one. */
export function priceName({ provider, model }: Target): string {
  return `${provider.bookName}/${model}`
}

/** `provider/model`, as people and the books write it. */
export function fullName({ provider, model }: Target): string {
  return `${provider.facts.id}/${model}`
}
