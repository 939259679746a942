/**
 * Reads a price feed: the JSON that github.com/pydantic/genai-prices publishes as prices/new_data/v2/data.json (or its slim
 * form), a list of providers with their models, in dollars for a million tokens. What it says is proposed, never believed.
 */
import { PaddockError } from '../base/errors.ts'
import { compareText } from './changes.ts'
import { isObject } from './spot.ts'

/** A model's price list as a row of paddock.yaml, or why there is none. */
export type FeedModel = { readonly model: string } & (
  | { readonly row: Readonly<Record<string, unknown>>; readonly left: readonly string[] }
  | { readonly skipped: string }
)

/** What the feed calls the components we know; the others are for units that no request of ours counts. */
const COMPONENTS: Readonly<Record<string, string>> = {
  input_mtok: 'input',
  cache_read_mtok: 'cached_input',
  cache_write_mtok: 'cache_write',
  cache_write_1h_mtok: 'cache_write_1h',
  output_mtok: 'output',
  input_audio_mtok: 'audio_input',
  output_audio_mtok: 'audio_output',
}

export type FeedOptions = {
  /** Which provider of ours each of the feed's is; the others are left out. */
  readonly providers: ReadonlyMap<string, string>
  /** The day for which prices are wanted, of a feed that has several. */
  readonly day: string
}

/** Throws `price_invalid` where the text is no such feed at all. */
export function readFeed(text: string, { providers, day }: FeedOptions): FeedModel[] {
  const listed = parse(text)
  return listed.flatMap((provider) => {
    const name = isObject(provider) ? providers.get(String(provider['id'])) : undefined
    const models = isObject(provider) ? provider['models'] : undefined
    if (name === undefined || !Array.isArray(models)) return []
    return models.filter(isObject).map((model) => readModel(`${name}/${String(model['id'])}`, model['prices'], day))
  })
}

function parse(text: string): readonly unknown[] {
  const refuse = (cause?: unknown): never => {
    throw new PaddockError('price_invalid', {
      message: 'The feed must be a JSON list of providers with their models, as genai-prices publishes it.',
      cause,
    })
  }
  try {
    const value = JSON.parse(text) as unknown
    const listed = isObject(value) ? value['providers'] : value
    return Array.isArray(listed) ? listed : refuse()
  } catch (cause) {
    return refuse(cause)
  }
}

/** A price list, or several with the day from which each holds; the last of those that have begun counts. */
function readModel(model: string, prices: unknown, day: string): FeedModel {
  if (!Array.isArray(prices)) return readList(model, prices, null)
  const lists = prices.filter(isObject).map(({ constraint, prices: list }) => ({ ...beginOf(constraint), list }))
  if (lists.some(({ byTheClock }) => byTheClock))
    return { model, skipped: 'has prices by the clock, which are not read: the feed applies them to the past too' }
  const begun = lists.filter(({ from }) => from === null || from <= day)
  const inForce = begun.toSorted((left, right) => compareText(left.from ?? '', right.from ?? '')).at(-1)
  if (inForce === undefined) return { model, skipped: 'has no price that has begun' }
  return readList(model, inForce.list, inForce.from)
}

/** Left out: from the beginning. A constraint without a first day is one of the clock. */
function beginOf(constraint: unknown): { readonly from: string | null; readonly byTheClock: boolean } {
  if (!isObject(constraint)) return { from: null, byTheClock: false }
  const from = constraint['start_date']
  return typeof from === 'string' ? { from, byTheClock: false } : { from: null, byTheClock: true }
}

type Listed = { readonly component: string; readonly base: string; readonly tiers: ReadonlyMap<number, string> }

function readList(model: string, prices: unknown, from: string | null): FeedModel {
  if (!isObject(prices)) return { model, skipped: 'has no prices' }
  const listed: Listed[] = []
  const left: string[] = []
  for (const [key, value] of Object.entries(prices)) {
    const component = COMPONENTS[key]
    const read = component === undefined ? null : readPriceOf(component, value)
    if (read === null) left.push(key)
    else listed.push(read)
  }
  if (listed.length === 0) return { model, skipped: 'has no price for tokens' }
  const starts = [...new Set(listed.flatMap(({ tiers }) => [...tiers.keys()]))].toSorted((one, other) => one - other)
  const row = {
    model,
    currency: 'USD',
    per: 1_000_000,
    ...Object.fromEntries(listed.map(({ component, base }) => [component, base])),
    ...(starts.length > 0 && { variants: starts.map((start, index) => tierOf(listed, start, starts[index + 1])) }),
    ...(from !== null && { valid_from: from }),
  }
  return { model, row, left }
}

/** A number, or a base and tiers "above so many input tokens". */
function readPriceOf(component: string, value: unknown): Listed | null {
  if (typeof value === 'number') return { component, base: String(value), tiers: new Map() }
  if (!isObject(value) || typeof value['base'] !== 'number' || !Array.isArray(value['tiers'])) return null
  const tiers = value['tiers'].filter(isObject).map(({ start, price }) => [Number(start), String(price)] as const)
  return { component, base: String(value['base']), tiers: new Map(tiers) }
}

function tierOf(listed: readonly Listed[], start: number, next: number | undefined): Record<string, unknown> {
  const limits = next === undefined ? { gt: start } : { gt: start, lte: next }
  const prices = listed.flatMap(({ component, base, tiers }) => {
    if (tiers.size === 0) return []
    const begun = [...tiers].filter(([from]) => from <= start).toSorted(([one], [other]) => one - other)
    return [[component, begun.at(-1)?.[1] ?? base] as const]
  })
  return { name: `above-${start}`, when: { input_tokens: limits }, ...Object.fromEntries(prices) }
}
