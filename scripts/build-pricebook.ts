/**
 * Writes the shipped price book from a price history: npx tsx --conditions=paddock-source scripts/build-pricebook.ts <history.json>
 *
 * One record of the history becomes one row of pricebook/<provider>.json. This made the first book; since then the book is
 * the source and is edited by hand. Aliases that stand in a book are kept.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { formatAtto, parseAtto, type Atto } from '../server/src/money/fixed-point.ts'
import { readPrice } from '../server/src/money/read-price.ts'

type TimeWindow = {
  readonly from: string
  readonly to?: string
  readonly windows: readonly string[]
  readonly tz: string
  readonly days: string
  readonly source?: readonly string[]
} & Prices

type Prices = Readonly<
  Partial<Record<'input' | 'cached_input' | 'cache_write' | 'cache_write_1h' | 'output', string | null>>
>

type Tier = Prices & {
  readonly gt: number
  readonly lte: number | null
  readonly only_if?: string
  readonly output_if_output_tokens_lte_200?: string
  readonly output_thinking?: string
}

type HistoryRecord = Prices & {
  readonly provider: string
  readonly model: string
  readonly currency: string
  readonly unit: string
  readonly valid_from: string | null
  readonly valid_to: string | null
  readonly valid_from_at?: string
  readonly valid_to_at?: string
  readonly from_basis: string
  readonly change_between?: readonly string[]
  readonly batch: { readonly rule: string } | { readonly input: string; readonly output: string } | null
  readonly tiers: { readonly dimension: string; readonly rows: readonly Tier[] } | null
  readonly time_of_day: readonly TimeWindow[] | null
  readonly other_components?: readonly OtherComponent[]
  readonly promo?: boolean
  readonly source: readonly string[]
  readonly confidence: string
  readonly verified: boolean
  readonly note?: string
}

type OtherComponent = { component: string; price: string; unit?: string; source?: string; note?: string }
type History = {
  readonly meta: { readonly compiled: string }
  readonly sources: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly records: readonly HistoryRecord[]
}

type Rates = Record<string, unknown>
type Variant = { name: string; when: Record<string, unknown>; rates: Rates; source?: readonly string[]; note?: string }

const BOOK = new URL('../pricebook/', import.meta.url)
/** Providers whose day begins at midnight in Beijing, in whatever currency they list a price. */
const WESTERN = new Set(['openai', 'anthropic', 'google', 'xai', 'meta'])
const COMPONENTS = ['input', 'cached_input', 'cache_write', 'cache_write_1h', 'output'] as const
const WORKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri']
const HOLIDAYS = 'cn-statutory-holidays'
const LINE_LENGTH = 120

const history = readHistory()
for (const [provider, records] of byProvider(history.records)) writeBook(provider, records)
write('sources.json', history.sources)

/** The history in our words: it calls a provider by another, and refers to papers that are not here. */
function readHistory(): History {
  const text = readFileSync(historyFile(), 'utf8')
  const ours = text.replace(', see vendors.md', '').replace(' in the corpora', '')
  return JSON.parse(ours.replaceAll('vendor', 'provider').replaceAll('Vendor', 'Provider')) as History
}

function historyFile(): string {
  const [file] = process.argv.slice(2)
  if (file !== undefined) return file
  console.error('usage: npx tsx --conditions=paddock-source scripts/build-pricebook.ts <history.json>')
  process.exit(2)
}

function byProvider(records: readonly HistoryRecord[]): Map<string, HistoryRecord[]> {
  const groups = new Map<string, HistoryRecord[]>()
  for (const record of records) groups.set(record.provider, [...(groups.get(record.provider) ?? []), record])
  return groups
}

function writeBook(provider: string, records: readonly HistoryRecord[]): void {
  const name = `${provider}.json`
  const file = new URL(name, BOOK)
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { aliases?: unknown[] }) : {}
  const zone = WESTERN.has(provider) ? 'UTC' : 'Asia/Shanghai'
  write(name, { provider, zone, aliases: kept.aliases ?? [], rows: records.map((record) => rowOf(record, records)) })
}

function rowOf(record: HistoryRecord, all: readonly HistoryRecord[]): Record<string, unknown> {
  const notes = new Set(record.note === undefined ? [] : [record.note])
  const price = (text: string): string => withoutNoise(text, notes)
  const rates = { ...ratesOf(record, price), ...otherRates(record) }
  const variants = [...timeVariants(record, all), ...tierVariants(record, price), ...batchVariants(record, price)]
  const note = [...notes].join(' ')
  return withoutEmpty({
    id: `${record.provider}/${record.model.replaceAll(/[^\w.-]+/g, '-').replace(/-$/, '')}@${record.currency}:${record.valid_from ?? 'open'}`,
    model: record.model,
    currency: record.currency,
    per: record.unit === '1M tokens' ? 1_000_000 : 1000,
    rates,
    variants,
    valid_from: record.valid_from_at ?? record.valid_from,
    valid_to: record.valid_to_at ?? record.valid_to,
    from_basis: record.from_basis,
    change_between: record.change_between,
    promo: record.promo,
    confidence: record.confidence,
    verified: record.verified,
    source: record.source,
    recorded_at: `${history.meta.compiled}T00:00:00Z`,
    note,
  })
}

function ratesOf(prices: Prices, price: (text: string) => string): Rates {
  return Object.fromEntries(
    COMPONENTS.flatMap((component) => {
      const text = prices[component]
      return typeof text === 'string' ? [[component, price(text)]] : []
    }),
  )
}

/** Prices that are not for a million tokens say what they are for. */
function otherRates(record: HistoryRecord): Rates {
  return Object.fromEntries((record.other_components ?? []).map(otherRate))
}

function otherRate({ component, price, source, note }: OtherComponent): [string, unknown] {
  switch (component) {
    case 'search':
      return ['search_call', price]
    case 'fetch':
      return ['fetch_call', price]
    case 'cache create':
      return ['cache_write', price]
    case 'cache call':
      return ['cache_call', { price, per: 1 }]
    case 'cache storage':
      return ['cache_storage_minute', price]
    case 'explicit cache storage':
      return ['cache_storage', { price, note }]
    case 'prepaid 10K TPM, pro-32k':
      return [
        'capacity_month',
        { price, per: 1, source: [source], note: 'Prepaid: a month of 10,000 tokens a minute.' },
      ]
    default:
      throw new Error(`no component for "${component}"`)
  }
}

/** Windows a record gives in UTC are those of its twin in the provider's own currency, which knows the provider's weekdays. */
function timeVariants(record: HistoryRecord, all: readonly HistoryRecord[]): Variant[] {
  const own = record.time_of_day ?? []
  const [first] = own
  if (first === undefined) return []
  if (first.tz !== 'UTC') return own.map((window) => timeVariant(window, window, own.length))
  const twin = all.find(
    (other) => other.currency === 'CNY' && other.model === record.model && other.valid_from === record.valid_from,
  )
  const windows = twin?.time_of_day ?? []
  if (windows.length === 0 || inBeijing(first.windows) !== windows[0]?.windows.join())
    throw new Error(`no twin of ${record.model}`)
  const note = `The source gives the windows in UTC: ${first.windows.join(', ')}.`
  return windows.map((window) => ({ ...timeVariant(window, first, windows.length), note }))
}

function timeVariant(window: TimeWindow, prices: TimeWindow, siblings: number): Variant {
  const isWorkdays = window.days.startsWith('mon-fri')
  const name = isOffPeak(window) ? 'off-peak' : 'peak'
  const when = withoutEmpty({
    zone: window.tz,
    windows: window.windows,
    weekdays: isWorkdays ? WORKDAYS : undefined,
    from: window.from,
    to: window.to,
    not_on: window.days.includes('holidays') ? HOLIDAYS : undefined,
  })
  const suffix = siblings === 1 ? '' : isWorkdays ? '-mon-fri' : '-daily'
  const variant = { name: `${name}${suffix}`, when: { time: when }, rates: ratesOf(prices, (text) => text) }
  return prices.source === undefined ? variant : { ...variant, source: prices.source }
}

/** The discounts of 2025 were at night, the surcharges of 2026 are by day. */
function isOffPeak({ windows }: TimeWindow): boolean {
  return windows.includes('00:30-08:30')
}

function inBeijing(windows: readonly string[]): string {
  const shift = (time: string): string =>
    time.replace(/^\d\d/, (hour) => String((Number(hour) + 8) % 24).padStart(2, '0'))
  return windows.map((window) => window.split('-').map(shift).join('-')).join()
}

function tierVariants({ tiers }: HistoryRecord, price: (text: string) => string): Variant[] {
  return (tiers?.rows ?? []).flatMap((tier) => {
    const range = rangeOf(tier)
    const dimension = tiers?.dimension ?? ''
    const base = `${dimension.split('_', 1)[0] ?? ''}-${rangeName(range)}`
    const when = { [dimension]: range }
    const few = { output_tokens: { lte: 200 } }
    const many = { output_tokens: { gt: 200 } }
    const variants: Variant[] = []
    if (tier.only_if === 'output_tokens <= 200')
      variants.push({ name: `${base}-output-to-200`, when: { ...when, ...few }, rates: ratesOf(tier, price) })
    else if (tier.only_if === 'output_tokens > 200')
      variants.push({ name: `${base}-output-over-200`, when: { ...when, ...many }, rates: ratesOf(tier, price) })
    else variants.push({ name: base, when, rates: ratesOf(tier, price) })
    const short = tier.output_if_output_tokens_lte_200
    if (short !== undefined)
      variants.push({ name: `${base}-output-to-200`, when: { ...when, ...few }, rates: { output: short } })
    const thinking = tier.output_thinking
    if (thinking !== undefined)
      variants.push({ name: `${base}-thinking`, when: { ...when, thinking: true }, rates: { output: thinking } })
    return variants
  })
}

/** A limit of zero says nothing: a prompt without tokens is in the first tier too. */
function rangeOf({ gt, lte }: Tier): { gt?: number; lte?: number } {
  return { ...(gt > 0 && { gt }), ...(lte !== null && { lte }) }
}

function rangeName({ gt, lte }: { gt?: number; lte?: number }): string {
  if (gt === undefined) return `to-${lte}`
  return lte === undefined ? `over-${gt}` : `${gt}-to-${lte}`
}

function batchVariants(record: HistoryRecord, price: (text: string) => string): Variant[] {
  const { batch, tiers } = record
  if (batch === null) return []
  const batchTier = { service_tier: 'batch' }
  if (!('rule' in batch)) return [{ name: 'batch', when: batchTier, rates: ratesOf(batch, price) }]
  if (batch.rule !== '50 % of input and output') throw new Error(`no such batch rule: ${batch.rule}`)
  const note = `Batch: ${batch.rule}.`
  const half = ({ input, output }: Prices): Rates => ratesOf({ input: halved(input), output: halved(output) }, price)
  if (tiers === null) return [{ name: 'batch', when: batchTier, rates: half(record), note }]
  return tiers.rows.map((tier) => {
    const range = rangeOf(tier)
    return {
      name: `batch-input-${rangeName(range)}`,
      when: { input_tokens: range, ...batchTier },
      rates: half(tier),
      note,
    }
  })
}

function halved(text: string | null | undefined): string | null {
  const atto = typeof text === 'string' ? parseAtto(text) : null
  return atto === null ? null : formatAtto((atto / 2n) as Atto)
}

function withoutNoise(text: string, notes: Set<string>): string {
  const read = readPrice(text)
  if (read.kind === 'price') return read.price
  if (read.suggestion === undefined) throw new Error(read.problem)
  notes.add(`The source writes ${text} for ${read.suggestion}: the noise of a binary float.`)
  return read.suggestion
}

function withoutEmpty(fields: Record<string, unknown>): Record<string, unknown> {
  const empty = new Set([undefined, 'null', '""', '[]', '{}'])
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !empty.has(JSON.stringify(value))))
}

function write(name: string, value: unknown): void {
  writeFileSync(new URL(name, BOOK), `${pretty(value, 0)}\n`)
}

/** JSON with whatever fits on a line on one line, but for the top levels: a row is a block of short lines. */
function pretty(value: unknown, depth: number, keyLength = 0): string {
  const flat = flatten(value)
  const isShort = depth * 2 + keyLength + flat.length < LINE_LENGTH
  if (typeof value !== 'object' || value === null || (depth > 2 && isShort) || flat === '[]') return flat
  const indent = '  '.repeat(depth + 1)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const items = Array.isArray(value)
    ? value.map((item) => pretty(item, depth + 1))
    : Object.entries(value).map(prettyField)
  return `${open}\n${items.map((item) => indent + item).join(',\n')}\n${'  '.repeat(depth)}${close}`

  function prettyField([key, item]: [string, unknown]): string {
    const written = `${JSON.stringify(key)}: `
    return written + pretty(item, depth + 1, written.length)
  }
}

function flatten(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flatten).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${flatten(item)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}
