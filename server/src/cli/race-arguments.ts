import { isDecimal, type Decimal } from '@paddock/contract/decimal'
import { parsePico, type Pico } from '../money/fixed-point.ts'
import { splitModel } from '../prices/book.ts'
import { wrongArgument } from './arguments.ts'

/** What people write behind the options of `paddock race`, read. Each throws `argument_invalid`. */

/** A share between 0 and 1. */
export function readShare(text: string, option: string, { zero = false }: { zero?: boolean } = {}): number {
  const share = /^(0|0?\.\d{1,6})$/.test(text) ? Number(text) : NaN
  if (share > 0 || (zero && share === 0)) return share
  throw wrongArgument(option, `takes a share such as 0.05, ${zero ? 'from 0' : 'above 0'} and below 1`, text)
}

/** A share written in percent, above 0 and at most 50: nobody races with more than half of a route. */
export function readPercent(text: string, option: string): number {
  const percent = /^\d{1,2}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN
  if (percent > 0 && percent <= 50) return percent / 100
  throw wrongArgument(option, 'takes percents above 0 and up to 50, such as 5', text)
}

export type Money = { readonly pico: Pico; readonly currency: string }

/** Money with its currency, such as 20CNY. */
export function readMoney(text: string, option: string): Money {
  const [, amount = '', currency = ''] = /^(\d[\d.]*) ?([A-Z]{3})$/.exec(text) ?? []
  const pico = isDecimal(amount) ? parsePico(amount) : null
  if (pico === null) throw wrongArgument(option, 'takes an amount and a currency, such as 20CNY', text)
  return { pico, currency }
}

/** What one unit of a currency is worth in the race's: USD=7.27. */
export function readRate(text: string): readonly [currency: string, rate: Decimal] {
  const [, currency = '', rate = ''] = /^([A-Z]{3})=(\d[\d.]*)$/.exec(text) ?? []
  if (isDecimal(rate) && Number(rate) > 0) return [currency, rate]
  throw wrongArgument(
    '--rate',
    'takes what one unit of a currency is worth in that of the race, such as USD=7.27',
    text,
  )
}

/** Said where a judge has the same provider as what it judges; null where it has not. */
export function warnOfKin(judge: string, arms: readonly string[]): string | null {
  const { provider } = splitModel(judge)
  const kin = arms.filter((model) => splitModel(model).provider === provider)
  if (kin.length === 0) return null
  return `The judge ${judge} has the same provider as ${kin.join(' and ')}: models tend to prefer their own kind.`
}

/** A model by its full name; a route would not be one model. */
export function readModel(text: string, option: string): string {
  if (/^[^/\s]+\/\S+$/.test(text)) return text
  throw wrongArgument(option, 'takes provider/model, such as practice/yi-large', text)
}
