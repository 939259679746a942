import type { WantedRace } from '../../races/live/start.ts'
import { instantOf } from './story.ts'

/** The races of the ninety days: who started them, and how people liked the answers of each model. What came of them is not here. */

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** People act at noon. */
const NOON_MS = 12 * HOUR_MS

export type StoryRace = {
  readonly route: string
  /** The model whose price fell, where a proposal is taken up; null where somebody planned the race. */
  readonly proposed: string | null
  readonly at: number
  readonly actor: string
  readonly wanted: Partial<WantedRace> & Pick<WantedRace, 'challengers'>
  /** Somebody ends it then, if it has not ended. */
  readonly stop?: { readonly at: number; readonly reason: string }
}

export const STORY_RACES: readonly StoryRace[] = [
  {
    route: 'support',
    proposed: 'zhipu/glm-3-turbo',
    at: instantOf('2024-05-11') + NOON_MS,
    actor: 'lin@example.com',
    wanted: { challengers: ['zhipu/glm-3-turbo'], unit: 'conversation', windowMs: HOUR_MS, ramp: [0.5] },
  },
  {
    route: 'chat',
    proposed: 'dashscope/qwen-long',
    at: instantOf('2024-05-22') + NOON_MS,
    actor: 'mei@example.com',
    wanted: {
      challengers: ['dashscope/qwen-long', 'deepseek/deepseek-chat'],
      unit: 'conversation',
      windowMs: HOUR_MS,
      ramp: [0.1, 0.5],
      minMs: 3 * DAY_MS,
    },
  },
  {
    route: 'write',
    proposed: 'dashscope/qwen-plus',
    at: instantOf('2024-05-22') + NOON_MS,
    actor: 'lin@example.com',
    wanted: {
      challengers: ['dashscope/qwen-plus'],
      unit: 'request',
      windowMs: 1,
      ramp: [0.5],
      margin: 0.1,
      minMs: 2 * DAY_MS,
      auto: true,
    },
  },
  {
    route: 'code',
    proposed: null,
    at: instantOf('2024-06-21') + NOON_MS,
    actor: 'mei@example.com',
    wanted: {
      challengers: ['anthropic/claude-3-5-sonnet-20240620'],
      unit: 'conversation',
      windowMs: HOUR_MS,
      ramp: [0.2],
    },
    stop: { at: instantOf('2024-06-23') + NOON_MS, reason: 'everybody asks for it: the route moves to it tomorrow' },
  },
]

/** How many answers of a route in a hundred are rated, while a race is on or near. */
export const RATED: Readonly<Record<string, number>> = { chat: 30, support: 40, write: 60, code: 25 }

/** Before a race somebody begins to ask for ratings. */
export const RATED_BEFORE_MS = 2 * DAY_MS

/** Of a thousand answers, so many are liked. Made up. */
const LIKED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  chat: { 'openai/gpt-4o': 0.86, 'dashscope/qwen-long': 0.87, 'deepseek/deepseek-chat': 0.86 },
  support: { 'zhipu/glm-4': 0.88, 'zhipu/glm-3-turbo': 0.68 },
  write: { 'dashscope/qwen-max': 0.8, 'dashscope/qwen-plus': 0.82 },
  code: { 'openai/gpt-4o': 0.82, 'anthropic/claude-3-5-sonnet-20240620': 0.9 },
}
const LIKED_USUALLY = 0.8

export function likedAt(route: string, model: string): number {
  return LIKED[route]?.[model] ?? LIKED_USUALLY
}
