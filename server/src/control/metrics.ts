import { eachTokenCount } from '@paddock/contract/usage'
import type { Entry } from '../books/entry.ts'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Seconds: from a cached answer to a long reasoning stream. */
const DURATION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 900]

/** The models that have series of their own. Callers choose names where a provider takes any, and every series is kept. */
const MODELS_MAX = 1_000
const OTHER_MODEL = 'other'

/** What the books report about themselves, asked for when the metrics are read. */
export type BooksGauges = () => {
  readonly undrainedBytes: number
  readonly openIntents: number
  readonly accepting: boolean
}

export type Metrics = {
  refused(code: string): void
  settled(entry: Entry): void
  /** A changed configuration was taken, or refused as a whole. */
  reloaded(outcome: 'taken' | 'refused'): void
  /** The Prometheus text format. */
  render(): Promise<{ contentType: string; text: string }>
}

/** Numbers for dashboards and alarms. Money is not among them: metrics are floats, and the books are exact. */
export function openMetrics(books: BooksGauges): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const refusals = new Counter({
    name: 'paddock_refusals_total',
    help: 'Requests refused before they had an entry',
    labelNames: ['code'] as const,
    registers,
  })
  const reloads = new Counter({
    name: 'paddock_config_reloads_total',
    help: 'Changes of the configuration by outcome: taken, or refused for a mistake while the last good one serves on',
    labelNames: ['outcome'] as const,
    registers,
  })
  // An alarm on a counter needs it to be there before it counts.
  for (const outcome of ['taken', 'refused']) reloads.inc({ outcome }, 0)
  watchBooks(books, registers)
  return {
    refused: (code) => {
      refusals.inc({ code })
    },
    settled: watchEntries(registers),
    reloaded: (outcome) => {
      reloads.inc({ outcome })
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}

/** What entries tell, as plain sums: adding to a labelled metric takes a microsecond, and there are six for every request. */
type Series = {
  readonly provider: string
  readonly model: string
  readonly state: string
  readonly practice: string
  requests: number
  cacheHits: number
  /** By their names; those that are zero are left out. */
  readonly tokens: Map<string, number>
}

/** Counts what entries tell; called with each. The sums become metrics when somebody reads them. */
function watchEntries(registers: Registry[]): Metrics['settled'] {
  const all = new Map<string, Series>()
  const counter = <Label extends string>(
    { name, help, labelNames }: { name: string; help: string; labelNames: readonly Label[] },
    add: (metric: Counter<Label>, series: Series) => void,
  ): void => {
    const metric: Counter<Label> = new Counter({
      name,
      help,
      labelNames,
      registers,
      collect: () => {
        metric.reset()
        for (const series of all.values()) add(metric, series)
      },
    })
  }
  counter(
    {
      name: 'paddock_requests_total',
      help: 'Requests with an entry in the books',
      labelNames: ['provider', 'model', 'state', 'practice'],
    },
    (metric, { provider, model, state, practice, requests }) => {
      metric.inc({ provider, model, state, practice }, requests)
    },
  )
  counter(
    {
      name: 'paddock_tokens_total',
      help: 'Tokens by disjoint counter',
      labelNames: ['provider', 'model', 'kind', 'practice'],
    },
    (metric, { provider, model, practice, tokens }) => {
      for (const [kind, count] of tokens) metric.inc({ provider, model, kind, practice }, count)
    },
  )
  counter(
    {
      name: 'paddock_cache_hits_total',
      help: 'Requests that were given an answer of the cache; they are among the requests, too',
      labelNames: ['provider', 'model'],
    },
    (metric, { provider, model, cacheHits }) => {
      if (cacheHits > 0) metric.inc({ provider, model }, cacheHits)
    },
  )
  const seconds = (name: string, help: string): Histogram<'provider'> =>
    new Histogram({ name, help, labelNames: ['provider'] as const, buckets: DURATION_BUCKETS, registers })
  const duration = seconds('paddock_request_seconds', 'From the request to the last byte')
  const firstByte = seconds('paddock_first_byte_seconds', 'From the request to the first byte')
  const labelOf = modelLabels()
  return (entry) => {
    const { provider } = entry
    const series = seriesFor(all, entry, labelOf(entry))
    series.requests += 1
    if (entry.usage_source === 'cache') series.cacheHits += 1
    eachTokenCount(entry.usage, (kind, count) => {
      series.tokens.set(kind, (series.tokens.get(kind) ?? 0) + count)
    })
    duration.observe({ provider }, entry.duration_ms / 1000)
    if (entry.first_byte_ms !== null) firstByte.observe({ provider }, entry.first_byte_ms / 1000)
  }
}

function seriesFor(all: Map<string, Series>, { provider, state, practice }: Entry, model: string): Series {
  const name = `${state} ${practice} ${provider}/${model}`
  const known = all.get(name)
  if (known) return known
  const labels = { provider, model, state, practice: String(practice) }
  const series: Series = { ...labels, requests: 0, cacheHits: 0, tokens: new Map() }
  all.set(name, series)
  return series
}

/** The model of an entry while there is room for it, whatever comes later under one name. */
function modelLabels(): (entry: Pick<Entry, 'provider' | 'model'>) => string {
  const known = new Set<string>()
  return ({ provider, model }) => {
    const name = `${provider}/${model}`
    if (!known.has(name) && known.size >= MODELS_MAX) return OTHER_MODEL
    known.add(name)
    return model
  }
}

function watchBooks(books: BooksGauges, registers: Registry[]): void {
  const watch = (name: string, help: string, read: (status: ReturnType<BooksGauges>) => number): void => {
    const gauge = new Gauge({
      name,
      help,
      registers,
      collect: () => {
        gauge.set(read(books()))
      },
    })
  }
  watch('paddock_journal_undrained_bytes', 'Journal not yet in the ledger', (status) => status.undrainedBytes)
  watch('paddock_open_requests', 'Requests between intent and settlement', (status) => status.openIntents)
  watch('paddock_accepting', '1 while new requests are admitted', (status) => (status.accepting ? 1 : 0))
}
