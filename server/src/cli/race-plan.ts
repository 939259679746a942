import { Command } from 'commander'
import { formatPico, type Pico } from '../money/fixed-point.ts'
import { GIVE_UP_AFTER, planTrials } from '../races/planner.ts'
import { readCount, wrongArgument } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { readMoney, readShare } from './race-arguments.ts'
import { formatShort } from './race-report.ts'

/** `paddock race plan`: what a race will take, before it is begun. */
export function racePlanCommand(context: CliContext): Command {
  return withCommonOptions(new Command('plan'))
    .description('how many items or requests a race will take')
    .option('--margin <share>', 'how much worse a challenger may be', '0.02')
    .option('--alpha <share>', 'chance of promoting a challenger that is too bad', '0.05')
    .option('--power <share>', 'chance of promoting one that is as good as expected', '0.8')
    .option('--differ <share>', 'share of the items on which the two models differ', '0.5')
    .option('--difference <share>', 'by how much better the challenger is expected to be', '0')
    .option('--per-day <n>', 'requests a day, to turn the number into days')
    .option('--cost <money>', 'what one item costs with both models, such as 0.03CNY')
    .addHelpText(
      'after',
      '\nExamples:\n  paddock race plan --margin 0.05 --differ 0.05\n  paddock race plan --margin 0.02 --per-day 5000 --cost 0.03CNY',
    )
    .action((options: PlanOptions) => {
      plan(context, options)
    })
}

type PlanOptions = CommonOptions & {
  readonly margin: string
  readonly alpha: string
  readonly power: string
  readonly differ: string
  readonly difference: string
  readonly perDay?: string
  readonly cost?: string
}

const WORST_VARIANCE = 1

function plan({ output }: CliContext, options: PlanOptions): void {
  const difference = readShare(options.difference.replace(/^-/, ''), '--difference', { zero: true })
  const planned = planTrials({
    margin: readShare(options.margin, '--margin'),
    alpha: readShare(options.alpha, '--alpha'),
    power: readShare(options.power, '--power'),
    // Of a difference that is −1, 0 or 1 the variance is at most the share of items on which it is not 0.
    variance: Math.min(WORST_VARIANCE, readShare(options.differ, '--differ')),
    difference: options.difference.startsWith('-') ? -difference : difference,
  })
  if (planned === Infinity)
    throw wrongArgument(
      '--difference',
      'must be above minus the margin: no race can prove what is not so',
      options.difference,
    )
  const perDay = options.perDay === undefined ? null : readCount(options.perDay, '--per-day', { from: 1, digitsMax: 9 })
  const cost = options.cost === undefined ? null : readMoney(options.cost, '--cost')
  const total = cost === null ? null : ((cost.pico * BigInt(planned)) as Pico)
  const answer = {
    planned,
    max: GIVE_UP_AFTER * planned,
    days: perDay === null ? null : planned / perDay,
    cost: total === null || cost === null ? null : { amount: formatPico(total), currency: cost.currency },
  }
  if (options.json === true) {
    output.json(answer)
    return
  }
  output.line(`${planned} items are planned; a race that has not decided after ${answer.max} is inconclusive.`)
  if (answer.days !== null) output.line(`At this traffic: ${answer.days.toFixed(1)} days.`)
  if (answer.cost !== null) output.line(`Cost: ${formatShort(answer.cost.amount)} ${answer.cost.currency}.`)
}
