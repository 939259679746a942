import { z } from 'zod'
import { isDecimal } from './decimal.ts'

/** The `fx:` of paddock.yaml: what the operator says currencies are worth, to compare and to report, never to price. */

export const currency = z.string().regex(/^[A-Z]{3}$/, 'write a currency as three capital letters, such as CNY')

const fxSetting = z
  .strictObject({
    from: currency,
    to: currency,
    rate: z
      .string('write the rate in quotes, such as "7.1", so that no digit of it is lost')
      .refine((text) => isDecimal(text) && /[1-9]/.test(text) && !text.startsWith('-'), {
        error: 'write a rate above zero as a plain decimal, such as "7.1"',
      })
      .describe('How much of `to` one unit of `from` is worth.'),
    valid_from: z
      .union([z.iso.date(), z.iso.datetime({ offset: true })], {
        error: 'write a day such as 2024-05-21, or an instant such as 2024-05-20T16:00:00Z',
      })
      .describe('From when on; a day begins at midnight UTC. It holds until the next rate of the two currencies.'),
  })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    error: 'name another currency: one is always worth 1 of itself',
  })

export type FxSetting = z.infer<typeof fxSetting>

export const fxSettings = z.array(fxSetting).check(({ value, issues }) => {
  const seen = new Set<string>()
  for (const [index, { from, to, valid_from }] of value.entries()) {
    const name = `${from} to ${to} begin at ${new Date(valid_from).toISOString()}`
    const message = `Two rates from ${name}. Take one of them out.`
    if (seen.has(name)) issues.push({ code: 'custom', input: value, path: [index], message })
    seen.add(name)
  }
})
