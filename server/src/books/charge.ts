import type { ChargeSetting } from '@paddock/contract/charges'
import type { Decimal } from '@paddock/contract/decimal'
import type { Amount } from '@paddock/contract/entry'
import type { Usage } from '@paddock/contract/usage'
import { divideHalfEven } from '../money/divide-half-even.ts'
import { formatPico, parsePico, type Pico } from '../money/fixed-point.ts'

/** What a caller is charged for what a request costs us. */
export type Charging = {
  chargeOf(asked: Charged): Amount
}

export type Charged = {
  readonly organisation: { readonly id: string; readonly name: string }
  readonly cost: Amount
  readonly usage: Usage
  /** When it was accepted, in milliseconds since 1970. */
  readonly at: number
}

type QuoteUsage = (request: { readonly model: string; readonly at: number; readonly usage: Usage }) => Amount
type Rule = (charged: Charged) => Amount

const HUNDRED_PERCENT = parsePico('100') as Pico

/** Without a rule of its own or one for all, an organisation is charged what its requests cost. */
export function readCharging(settings: readonly ChargeSetting[], quote: QuoteUsage): Charging {
  const named = new Map<string, Rule>()
  let unnamed: Rule = ({ cost }) => cost
  for (const setting of settings) {
    const rule = ruleOf(setting, quote)
    if (setting.organisation === undefined) unnamed = rule
    else named.set(setting.organisation, rule)
  }
  return {
    chargeOf: (charged) => {
      const { id, name } = charged.organisation
      return (named.get(id) ?? named.get(name) ?? unnamed)(charged)
    },
  }
}

function ruleOf({ add_percent, price_of }: ChargeSetting, quote: QuoteUsage): Rule {
  if (add_percent !== undefined) {
    const percent = HUNDRED_PERCENT + (parsePico(add_percent as Decimal) ?? 0n)
    return ({ cost }) => withAmount(cost, (amount) => divideHalfEven(amount * percent, HUNDRED_PERCENT))
  }
  if (price_of !== undefined) {
    return ({ usage, at }) => {
      const { amount, currency } = quote({ model: price_of, at, usage })
      return { amount, currency }
    }
  }
  return ({ cost }) => withAmount(cost, () => 0n)
}

/** What is unpriced stays so: a charge that nobody can reckon is not nothing. */
function withAmount({ amount, currency }: Amount, reckon: (amount: bigint) => bigint): Amount {
  const pico = amount === null ? null : parsePico(amount)
  return pico === null ? { amount: null, currency: null } : { amount: formatPico(reckon(pico) as Pico), currency }
}
