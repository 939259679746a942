import type { RouteSetting } from '@paddock/contract/config'
import { isoInstant } from '../../base/clock.ts'

/** What happened in the ninety days: which models the routes led to, and what went wrong. Prices are not here: the book has them. */

const DAY_MS = 86_400_000
const CHINA_MS = 8 * 3_600_000
/** The day this is told around: Alibaba cut by up to 97 percent, and Baidu gave two models away. */
const TURN = '2024-05-21'
const DAYS_BEFORE_MAX = 36
export const DAYS_MAX = 90

/** Days of the demo begin at midnight in China. */
export const ZONE = 'Asia/Shanghai'

export function instantOf(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`)
}

/** So many days around the turn of prices; all ninety begin on 2024-04-15. */
export function spanOf(days: number): { readonly from: number; readonly to: number } {
  const from = instantOf(TURN) - Math.min(DAYS_BEFORE_MAX, Math.floor(days * 0.6)) * DAY_MS
  return { from, to: from + days * DAY_MS }
}

/** The day in China an instant lies in. */
export function dayOf(at: number): string {
  return isoInstant(at + CHINA_MS).slice(0, 10)
}

/** How far an instant is into all of the ninety days, from 0 to 1. */
export function progressAt(at: number): number {
  const { from, to } = spanOf(DAYS_MAX)
  return Math.min(1, Math.max(0, (at - from) / (to - from)))
}

type Candidate = RouteSetting['candidates'][number]
type Phase = { readonly from: string; readonly candidates: readonly [Candidate, ...Candidate[]] }

/**
 * For each route, from when on it led where by its candidates; the last of them is in the configuration. Candidates of weight 0
 * are listed for races: what a race has promoted leads a route before any of them.
 */
export const ROUTES: Readonly<Record<string, readonly [Phase, ...Phase[]]>> = {
  chat: [
    { from: '2024-04-15', candidates: of('openai/gpt-4-turbo', 'anthropic/claude-3-sonnet-20240229') },
    {
      from: '2024-05-14',
      candidates: [
        ...of('openai/gpt-4o', 'anthropic/claude-3-sonnet-20240229'),
        { model: 'dashscope/qwen-long', weight: 0 },
        { model: 'deepseek/deepseek-chat', weight: 0 },
      ],
    },
  ],
  code: [
    { from: '2024-04-15', candidates: of('openai/gpt-4-turbo', 'anthropic/claude-3-opus-20240229') },
    { from: '2024-05-16', candidates: of('openai/gpt-4o', 'anthropic/claude-3-sonnet-20240229') },
    { from: '2024-06-24', candidates: of('anthropic/claude-3-5-sonnet-20240620', 'openai/gpt-4o') },
  ],
  support: [
    { from: '2024-04-15', candidates: of('zhipu/glm-4', 'zhipu/glm-3-turbo') },
    { from: '2024-05-20', candidates: of('volcengine/doubao-pro-32k', 'zhipu/glm-3-turbo') },
  ],
  write: [
    {
      from: '2024-04-15',
      candidates: [...of('dashscope/qwen-max', 'moonshot/moonshot-v1-8k'), { model: 'dashscope/qwen-plus', weight: 0 }],
    },
  ],
  cheap: [{ from: '2024-04-15', candidates: of('qianfan/ernie-speed-8k', 'zhipu/glm-3-turbo') }],
  long: [
    {
      from: '2024-04-15',
      candidates: [
        { model: 'moonshot/moonshot-v1-8k', when: { prompt_tokens: { lt: 7_000 } } },
        { model: 'moonshot/moonshot-v1-32k', when: { prompt_tokens: { lt: 30_000 } } },
        { model: 'moonshot/moonshot-v1-128k' },
      ],
    },
    { from: '2024-05-22', candidates: of('dashscope/qwen-long', 'moonshot/moonshot-v1-128k') },
  ],
}

/** Where routes led by their candidates at an instant. */
export function routesAt(at: number): RouteSetting[] {
  return Object.entries(ROUTES).map(([name, phases]) => {
    const phase = phases.findLast(({ from }) => at >= instantOf(from)) ?? phases[0]
    return { name, candidates: [...phase.candidates] }
  })
}

function of(first: string, ...others: string[]): [Candidate, ...Candidate[]] {
  return [{ model: first }, ...others.map((model) => ({ model }))]
}

/** Made up, as is every failure here. */
export const OUTAGE = {
  provider: 'openai',
  from: Date.parse('2024-05-20T05:40:00Z'),
  to: Date.parse('2024-05-20T08:20:00Z'),
  /** Until then every request runs into it; later the breaker is open, and a few look whether it is over. */
  noticed: Date.parse('2024-05-20T05:43:00Z'),
} as const

/** After its price had fallen, its provider could not keep up: of a thousand calls, so many fail. */
export const OVERLOADED = {
  model: 'dashscope/qwen-plus',
  from: instantOf('2024-06-03') + 9 * 3_600_000,
  to: instantOf('2024-06-06'),
  failing: 0.3,
} as const

/** From then on the process dies as soon as two answers are running, and is back after a while. */
export const CRASHES: readonly number[] = ['2024-04-24', '2024-05-19', '2024-06-12', '2024-07-03'].map(
  (day) => instantOf(day) + 10 * 3_600_000,
)
export const DOWN_MS = 20_000

/** A hard budget: it runs out on the afternoon of a working day, until prices fall. */
export const BUDGET = { scope: 'team', name: 'marketing', amount: '45 CNY', window: 'day', zone: ZONE } as const

/** When an answer begins and how fast it comes, in round figures. */
export type Speed = { readonly firstByteMs: number; readonly tokensPerSecond: number }

export const SPEEDS: Readonly<Record<string, Speed>> = {
  'openai/gpt-4-turbo': { firstByteMs: 800, tokensPerSecond: 28 },
  'openai/gpt-4o': { firstByteMs: 550, tokensPerSecond: 63 },
  'anthropic/claude-3-opus-20240229': { firstByteMs: 1_600, tokensPerSecond: 26 },
  'anthropic/claude-3-sonnet-20240229': { firstByteMs: 900, tokensPerSecond: 60 },
  'anthropic/claude-3-5-sonnet-20240620': { firstByteMs: 600, tokensPerSecond: 72 },
  'deepseek/deepseek-chat': { firstByteMs: 1_200, tokensPerSecond: 20 },
  'zhipu/glm-4': { firstByteMs: 1_300, tokensPerSecond: 25 },
  'zhipu/glm-3-turbo': { firstByteMs: 600, tokensPerSecond: 45 },
  'volcengine/doubao-pro-32k': { firstByteMs: 700, tokensPerSecond: 35 },
  'dashscope/qwen-max': { firstByteMs: 1_300, tokensPerSecond: 20 },
  'dashscope/qwen-plus': { firstByteMs: 1_000, tokensPerSecond: 30 },
  'dashscope/qwen-long': { firstByteMs: 520, tokensPerSecond: 62 },
  'moonshot/moonshot-v1-8k': { firstByteMs: 900, tokensPerSecond: 30 },
  'moonshot/moonshot-v1-32k': { firstByteMs: 1_400, tokensPerSecond: 28 },
  'moonshot/moonshot-v1-128k': { firstByteMs: 3_000, tokensPerSecond: 25 },
  'qianfan/ernie-speed-8k': { firstByteMs: 500, tokensPerSecond: 50 },
  'zeroone/yi-large': { firstByteMs: 800, tokensPerSecond: 35 },
}

/** Whose numbers tell of prompt caches, because the price book has prices for them in these days. */
export const CACHING: ReadonlySet<string> = new Set(['anthropic'])
