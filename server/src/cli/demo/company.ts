import { AZURE_CHAT, KIMI_LONG, type TrafficShape } from './traffic-shape.ts'

/** The company of the demo, which is made up: its teams, the programs they run, and who uses these. */
export type Workload = {
  readonly team: string
  /** What it says of itself in the header X-Title. */
  readonly app: string
  /** The route it asks for, or a model it names itself. */
  readonly asks: { readonly route: string } | { readonly model: string; readonly from: string }
  readonly endpoint: '/v1/chat/completions' | '/v1/messages' | '/v1/responses'
  readonly keys: readonly string[]
  /** How many people use it; nobody where programs run by themselves. */
  readonly people: number
  /** Requests on a usual day in the middle of the ninety. */
  readonly perDay: number
  readonly rhythm: Rhythm
  readonly shape: TrafficShape
  /** Longer prompts are cut before they are sent. */
  readonly promptMax: number
  /** Of how many requests in a hundred the answer is streamed. */
  readonly streamed: number
}

/** When requests come: weights of the hours of a day and of the days of a week from Sunday on, both in China. */
export type Rhythm = { readonly hours: readonly number[]; readonly weekdays: readonly number[] }

/** Evenings and weekends too. */
const EVERYBODY: Rhythm = {
  hours: [3, 2, 1, 1, 1, 1, 2, 4, 7, 10, 11, 9, 7, 8, 10, 10, 9, 8, 7, 8, 10, 11, 9, 6],
  weekdays: [0.85, 1.05, 1.05, 1.05, 1.05, 1.05, 0.9],
}
const OFFICE: Rhythm = {
  hours: [0, 0, 0, 0, 0, 0, 0, 1, 5, 12, 14, 11, 4, 9, 13, 14, 12, 10, 6, 4, 3, 2, 1, 0],
  weekdays: [0.15, 1.3, 1.35, 1.35, 1.35, 1.25, 0.25],
}
const NIGHTLY: Rhythm = {
  hours: [0, 20, 30, 30, 15, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  weekdays: [1, 1, 1, 1, 1, 1, 1],
}

export const WORKLOADS: readonly Workload[] = [
  {
    team: 'assistant',
    app: 'Companion',
    asks: { route: 'chat' },
    endpoint: '/v1/chat/completions',
    keys: numbered('companion', ['web', 'ios', 'android', 'wechat'], 3),
    people: 2_000,
    perDay: 2_050,
    rhythm: EVERYBODY,
    shape: AZURE_CHAT,
    promptMax: 6_000,
    streamed: 96,
  },
  {
    team: 'assistant',
    app: 'Reading Room',
    asks: { route: 'long' },
    endpoint: '/v1/chat/completions',
    keys: numbered('reading-room', ['web', 'ios'], 2),
    people: 320,
    perDay: 330,
    rhythm: EVERYBODY,
    shape: KIMI_LONG,
    promptMax: 120_000,
    streamed: 90,
  },
  {
    team: 'engineering',
    app: 'Code Companion',
    asks: { route: 'code' },
    endpoint: '/v1/messages',
    keys: numbered('code', ['editor', 'terminal', 'review', 'docs'], 2),
    people: 220,
    perDay: 700,
    rhythm: OFFICE,
    shape: KIMI_LONG,
    promptMax: 24_000,
    streamed: 80,
  },
  {
    team: 'support',
    app: 'Help Desk',
    asks: { route: 'support' },
    endpoint: '/v1/chat/completions',
    keys: numbered('help-desk', ['chat', 'mail', 'phone'], 2),
    people: 400,
    perDay: 800,
    rhythm: EVERYBODY,
    shape: AZURE_CHAT,
    promptMax: 4_000,
    streamed: 55,
  },
  {
    team: 'marketing',
    app: 'Copy Desk',
    asks: { route: 'write' },
    endpoint: '/v1/responses',
    keys: numbered('copy-desk', ['social', 'shop'], 2),
    people: 60,
    perDay: 330,
    rhythm: OFFICE,
    shape: AZURE_CHAT,
    promptMax: 4_000,
    streamed: 100,
  },
  {
    team: 'research',
    app: 'Labels',
    asks: { route: 'cheap' },
    endpoint: '/v1/chat/completions',
    keys: numbered('labels', ['products', 'reviews'], 2),
    people: 0,
    perDay: 420,
    rhythm: NIGHTLY,
    shape: AZURE_CHAT,
    promptMax: 6_000,
    streamed: 0,
  },
  {
    team: 'research',
    app: 'Model Trials',
    asks: { model: 'zeroone/yi-large', from: '2024-05-14' },
    endpoint: '/v1/chat/completions',
    keys: ['trials-yi'],
    people: 0,
    perDay: 25,
    rhythm: OFFICE,
    shape: AZURE_CHAT,
    promptMax: 6_000,
    streamed: 0,
  },
  {
    team: 'research',
    app: 'Model Trials',
    asks: { model: 'deepseek/deepseek-chat', from: '2024-05-06' },
    endpoint: '/v1/chat/completions',
    keys: ['trials-deepseek'],
    people: 0,
    perDay: 25,
    rhythm: OFFICE,
    shape: AZURE_CHAT,
    promptMax: 6_000,
    streamed: 0,
  },
]

function numbered(name: string, places: readonly string[], each: number): string[] {
  return places.flatMap((place) => Array.from({ length: each }, (_, index) => `${name}-${place}-${index + 1}`))
}

/** Where people heard of the apps, how many in a hundred of them did there, and what is spent on it in a week. */
export const CHANNELS = [
  { name: 'short videos', percent: 38, weekly: '1800.00', currency: 'CNY', ads: 24 },
  { name: 'app stores', percent: 27, weekly: '950.00', currency: 'CNY', ads: 9 },
  { name: 'search', percent: 15, weekly: '120.00', currency: 'USD', ads: 6 },
  { name: 'friends', percent: 20, weekly: null, currency: null, ads: 0 },
] as const
