import type { ActiveProvider } from './active-provider.ts'

/** One place a request can be sent to. */
export type Target = { readonly provider: ActiveProvider; readonly model: string }

/** `provider/model`, as people and the books write it. */
export function fullName({ provider, model }: Target): string {
  return `${provider.facts.id}/${model}`
}
