import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConfigFile } from '@paddock/contract/config'
import { stringify } from 'yaml'
import { BUDGET, routesAt, ZONE } from './story.ts'

/** Who answers where no provider has a key: recorded answers, the same each time. */
const PRACTICE: Readonly<Record<string, string>> = {
  chat: 'practice/deepseek-v2-chat-0628',
  code: 'practice/claude-3-5-sonnet-20240620',
  support: 'practice/qwen2-7b-instruct',
  write: 'practice/qwen2-72b-instruct',
  cheap: 'practice/yi-1.5-34b-chat',
  long: 'practice/gemini-1.5-flash',
}

const HEAD = `# Written by "paddock demo". The entries of this folder are made up; their prices are those of 2024. The routes lead where
# they led at the end of the story: a provider with a key in the environment answers, without one the practice provider.

`

/** What a pair of currencies was worth, about. */
const RATES = [
  { from: 'USD', to: 'CNY', rate: '7.24', valid_from: '2024-04-01' },
  { from: 'USD', to: 'CNY', rate: '7.25', valid_from: '2024-06-01' },
  { from: 'USD', to: 'CNY', rate: '7.27', valid_from: '2024-07-01' },
]

/** Writes paddock.yaml into the folder and returns its path. */
export function writeDemoConfig(folder: string): string {
  const settings: ConfigFile = {
    server: { zone: ZONE },
    practice: { enabled: true },
    fx: RATES,
    charges: [{ add_percent: '5' }],
    budgets: [BUDGET],
    routes: routesAt(Infinity).map(({ name, candidates }) => ({
      name,
      candidates: [...candidates, { model: PRACTICE[name] ?? '' }],
    })),
  }
  const path = join(folder, 'paddock.yaml')
  writeFileSync(path, HEAD + stringify(settings))
  return path
}
