import { WHAT_IF_GROUPS, type WhatIf, type WhatIfSums } from '@paddock/contract/what-if'
import type { Command } from 'commander'
import { PaddockError } from '../base/errors.ts'
import type { WhatIfRequest } from '../books/whatif/run.ts'
import { splitModel } from '../prices/book.ts'
import { instantOr, oneOf, readCurrency, wrongArgument } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { amountsText } from './output.ts'
import { withOpen } from './with-open.ts'

type WhatIfOptions = CommonOptions & {
  readonly from: string
  readonly to?: string
  readonly as: string
  readonly groupBy?: string
  readonly route?: string
  readonly key?: string
  readonly model?: string
  readonly in?: string
}

/** `paddock books whatif`: what this traffic would have cost elsewhere. */
export function addWhatIf(books: Command, context: CliContext): void {
  withCommonOptions(books.command('whatif'))
    .description('what the requests of a time would have cost at the prices of another model, or of another day')
    .requiredOption('--from <when>', 'requests accepted at or after this day (midnight UTC) or instant')
    .option('--to <when>', 'and before this; now if left out')
    .requiredOption(
      '--as <prices>',
      'provider/model, provider/model@2024-05-22, or own[@day] for the models that were used',
    )
    .option('--group-by <what>', `${WHAT_IF_GROUPS.join(', ')}`)
    .option('--route <name>', 'only requests to this route')
    .option('--key <id>', 'only requests by this key')
    .option('--model <model>', 'only requests that this provider/model answered')
    .option('--in <code>', 'also in this currency, by the table "fx" of paddock.yaml')
    .addHelpText(
      'after',
      '\nExamples:\n  paddock books whatif --from 2026-11-01 --as deepseek/deepseek-chat --group-by route\n' +
        '  paddock books whatif --from 2026-10-01 --to 2026-11-01 --as own@2026-11-15 --json',
    )
    .action(async (options: WhatIfOptions) => {
      const request = readRequest(options, context.clock.now())
      const pricing = await context.openPricing(options)
      const found = await withOpen(context.openBooks(options), (open) => open.whatIf(request, pricing))
      if (options.json === true) context.output.json(found)
      else tell(context, found)
    })
}

function readRequest(options: WhatIfOptions, now: number): WhatIfRequest {
  const [from, to] = [instantOr(options.from, '--from', now), instantOr(options.to, '--to', now)]
  if (from >= to)
    throw new PaddockError('argument_invalid', {
      message: `--from ${options.from} is not before --to ${options.to ?? 'now'}.`,
    })
  const { model, name } = { model: options.model, name: splitModel(options.model ?? '') }
  if (model !== undefined && name.provider === '') throw wrongArgument('--model', 'is written provider/model', model)
  return {
    from,
    to,
    ...readAs(options.as),
    groupBy: oneOf(options.groupBy, '--group-by', WHAT_IF_GROUPS) ?? null,
    traffic: { route: options.route, key: options.key, model: model === undefined ? undefined : name },
    currency: readCurrency(options.in, '--in') ?? null,
  }
}

function readAs(text: string): Pick<WhatIfRequest, 'model' | 'listAt'> {
  const at = text.lastIndexOf('@')
  const [model, day] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
  if (model !== 'own' && !model.includes('/'))
    throw wrongArgument('--as', 'takes provider/model or own, and an instant behind "@"', text)
  return { model: model === 'own' ? null : model, listAt: day === undefined ? null : instantOr(day, '--as', 0) }
}

function tell({ output }: CliContext, found: WhatIf): void {
  const { total, groups, practice, group_by, retry_loss = [] } = found
  const rows: (WhatIfSums & { readonly group: string })[] = [...groups, { group: 'all', ...total }]
  output.table(
    [(group_by ?? '').toUpperCase(), 'REQUESTS', 'COST', 'WOULD COST', 'DIFFERENCE', '%', 'WITHOUT PRICE'],
    rows.map(({ group, ...sums }) => [group === '' ? '(none)' : group, ...cells(sums)]),
  )
  if (retry_loss.length > 0) {
    const amounts = retry_loss.map(({ amount, currency }) => `${amount} ${currency}`).join(', ')
    output.note(`Beside that, ${amounts} was owed for attempts that gave no answer. It stays as it is.`)
  }
  if (practice !== null) output.note(`Practice requests are left out: ${practice.requests}.`)
  for (const each of found.assumptions) output.note(each)
}

function cells({ requests, before, after, difference, percent, unpriced, reported }: WhatIfSums): string[] {
  const amounts = reported
    ? [reported.before, reported.after, reported.difference].map((amount) => `${amount} ${reported.currency}`)
    : [before, after, difference].map(amountsText)
  const missing = unpriced.before + unpriced.after === 0 ? '' : `${unpriced.before} then, ${unpriced.after} now`
  return [String(requests), ...amounts, percent ?? '', missing]
}
