import { BUDGET_AMOUNT, BUDGET_WINDOW, keyBudgetSetting, type KeyBudgetSetting } from '@paddock/contract/budgets'
import type { KeyLimitSetting } from '@paddock/contract/config'
import type { Command } from 'commander'
import type { KeyChanges } from '../callers/directory.ts'
import { readCount, wrongArgument } from './arguments.ts'

/** What a key may be limited to and may spend, as options of the commands that make and change keys. */
export type KeyOptions = {
  readonly budget?: string
  readonly rpm?: string
  readonly tpm?: string
  readonly concurrency?: string
  readonly weight?: string
  readonly maxTokens?: string
  readonly maxChoices?: string
  readonly maxImages?: string
  readonly maxPromptBytes?: string
}

type LimitOption = {
  readonly flag: string
  readonly option: Exclude<keyof KeyOptions, 'budget'>
  readonly field: keyof KeyLimitSetting
  readonly about: string
}

const LIMITS: readonly LimitOption[] = [
  { flag: '--rpm', option: 'rpm', field: 'rpm', about: 'requests a minute' },
  { flag: '--tpm', option: 'tpm', field: 'tpm', about: 'tokens a minute, of prompts and answers' },
  { flag: '--concurrency', option: 'concurrency', field: 'concurrent', about: 'requests at once' },
  { flag: '--weight', option: 'weight', field: 'weight', about: 'turns in a round where requests wait, 1 to 100' },
  { flag: '--max-tokens', option: 'maxTokens', field: 'output_tokens_max', about: 'tokens of one answer' },
  { flag: '--max-choices', option: 'maxChoices', field: 'choices_max', about: 'answers to one request' },
  { flag: '--max-images', option: 'maxImages', field: 'images_max', about: 'images in one request, 0 for none' },
  {
    flag: '--max-prompt-bytes',
    option: 'maxPromptBytes',
    field: 'prompt_bytes_max',
    about: 'bytes of text in a prompt',
  },
]

export function withKeyOptions(command: Command): Command {
  command.option(
    '--budget <amount/window>',
    'what it may spend: 10CNY/month, 2USD/day, 1USD/5h; 10CNY/month@Asia/Shanghai for months of that zone; none',
  )
  for (const { flag, about } of LIMITS) command.option(`${flag} <n>`, about)
  return command
}

/** What the options say; `default` takes a limit off the key, so that the configuration decides again. */
export function readKeyOptions(options: KeyOptions): KeyChanges {
  const said = LIMITS.flatMap((limit) => {
    const text = options[limit.option]
    return text === undefined ? [] : [[limit.field, readLimit(limit, text)] as const]
  })
  return { limits: Object.fromEntries(said), budget: readBudget(options.budget) }
}

function readLimit({ flag, field }: LimitOption, text: string): number | 'none' | null {
  if (text === 'default') return null
  if (text === 'none' && field !== 'weight') return 'none'
  const count = readCount(text, flag, { from: field === 'images_max' ? 0 : 1, digitsMax: 12 })
  if (field === 'weight' && count > 100) throw wrongArgument(flag, 'takes a whole number from 1 to 100', text)
  return count
}

/** Null takes the budget off the key. */
function readBudget(text: string | undefined): KeyBudgetSetting | null | undefined {
  if (text === undefined) return undefined
  if (text === 'none') return null
  const [, written = '', window = '', zone] = /^([^/]+)\/([^@]+)(?:@(.+))?$/.exec(text) ?? []
  const amount = BUDGET_AMOUNT.exec(written)
  if (!amount || !BUDGET_WINDOW.test(window)) {
    throw wrongArgument(
      '--budget',
      'takes an amount, its currency and a window (day, week, month, or hours or days such as 5h and 30d), such as 10CNY/month',
      text,
    )
  }
  const setting = { amount: `${amount[1]} ${amount[2]}`, window, ...(zone === undefined ? {} : { zone }) }
  const checked = keyBudgetSetting.safeParse(setting)
  if (checked.success) return checked.data
  throw wrongArgument(
    '--budget',
    'takes a time zone by its IANA name behind @, such as 10CNY/month@Asia/Shanghai',
    text,
  )
}
