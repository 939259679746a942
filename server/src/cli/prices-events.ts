import type { EffectiveChange, PriceEvent } from '@paddock/contract/price-event'
import type { Command } from 'commander'
import { instantOr } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { amountsText, printRows } from './output.ts'
import { withOpen } from './with-open.ts'

type EventsOptions = CommonOptions & { readonly from?: string; readonly to?: string }

/** `paddock prices events`: which prices of models in use changed, and what that does to a month of their traffic. */
export function addEvents(prices: Command, context: CliContext): void {
  withCommonOptions(prices.command('events'))
    .description('price changes of models in use, as the server noticed them, and what each does to a month of traffic')
    .option('--from <when>', 'from this day (midnight UTC) or instant on')
    .option('--to <when>', 'up to but without this day or instant')
    .addHelpText('after', '\nExample:\n  paddock prices events --from 2026-11-01')
    .action(async (options: EventsOptions) => {
      const filter = {
        from: instantOr(options.from, '--from', 0),
        to: instantOr(options.to, '--to', Number.MAX_SAFE_INTEGER),
      }
      const events = await withOpen(context.openBooks(options), (books) => books.priceEvents(filter))
      printRows(context.output, options, {
        rows: events,
        head: ['AT (UTC)', 'MODEL', 'CHANGE', 'MONTH BEFORE', 'MONTH AFTER', '%'],
        cells,
        notes: ['A month is the traffic of the thirty days before, at what it did cost and at the new prices.'],
      })
    })
}

function cells({ at, model, before, after, changes, month }: PriceEvent): string[] {
  const currency = after?.currency ?? before?.currency ?? ''
  return [
    at.replace(':00.000Z', '').replace('T', ' '),
    model,
    `${changesText(changes)} ${currency}`,
    amountsText(month.before),
    amountsText(month.after),
    month.percent ?? '',
  ]
}

/** "input 1 -> 0.5, output 2 -> 1 (service_tier batch)". */
export function changesText(changes: readonly EffectiveChange[]): string {
  return changes
    .map(
      ({ component, when, from, to }) =>
        `${component} ${from ?? 'no price'} -> ${to ?? 'no price'}${when === null ? '' : ` (${when})`}`,
    )
    .join(', ')
}
