import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/**
 * Makes server/src/cli/demo/traffic-shape.ts, the shape of two traces of real traffic, out of the traces themselves:
 * azure_llm_2023_conv.csv.gz of Azure/AzurePublicDataset and mooncake_kimi_conversation.jsonl.gz of kvcache-ai/Mooncake.
 * Usage: npx tsx scripts/build-demo-traffic.ts <folder>
 */

type Request = { readonly at: number; readonly input: number; readonly output: number; readonly cached?: number }
type KimiLine = { timestamp: number; input_length: number; output_length: number; hash_ids: number[] }

const INPUT_STEPS = 64
const BANDS = 8
const OUTPUT_STEPS = 16
const CACHED_STEPS = 8
const MINUTE_MS = 60_000
/** A block of Kimi's prefix cache. */
const BLOCK_TOKENS = 512

const [source] = process.argv.slice(2)
if (source === undefined) throw new Error('Usage: npx tsx scripts/build-demo-traffic.ts <folder>')
const azure = readAzure(join(source, 'azure_llm_2023_conv.csv.gz'))
const kimi = readKimi(join(source, 'mooncake_kimi_conversation.jsonl.gz'))
const target = join(import.meta.dirname, '..', 'server', 'src', 'cli', 'demo', 'traffic-shape.ts')
writeFileSync(
  target,
  `/**
 * The shape of real traffic: sizes of prompts and answers, how uneven minutes are, and how much of a prompt a prefix cache
 * has. Written by scripts/build-demo-traffic.ts; sources and licences stand in NOTICE.
 */

/** Quantiles, evenly spaced from the smallest to the largest. */
export type Quantiles = readonly number[]

/**
 * \`output\` and \`cached\` (percent of the prompt) by bands of equally many prompts, from short to long;
 * \`cached\` is empty where the trace does not tell.
 */
export type TrafficShape = {
  readonly input: Quantiles
  readonly output: readonly Quantiles[]
  readonly cached: readonly Quantiles[]
  /** Requests of each minute of the trace, in percent of the mean. */
  readonly minutes: readonly number[]
}

/** ${azure.length} conversations with a chat service in 58 minutes. */
export const AZURE_CHAT: TrafficShape = ${JSON.stringify(shapeOf(azure))}

/** ${kimi.length} conversations with Kimi in 59 minutes: long documents, long prefixes in common. */
export const KIMI_LONG: TrafficShape = ${JSON.stringify(shapeOf(kimi))}
`,
)

function readAzure(path: string): Request[] {
  const [, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trim().split(/\r?\n/)
  return lines.map((line) => {
    const [at = '', input, output] = line.split(',')
    return { at: Date.parse(`${at.slice(0, 23).replace(' ', 'T')}Z`), input: Number(input), output: Number(output) }
  })
}

/** What a cache without limits would have had of each prompt. */
function readKimi(path: string): Request[] {
  const seen = new Set<number>()
  return gunzipSync(readFileSync(path))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { timestamp, input_length: input, output_length: output, hash_ids: blocks } = JSON.parse(line) as KimiLine
      const known = blocks.findIndex((block) => !seen.has(block))
      for (const block of blocks) seen.add(block)
      return {
        at: timestamp,
        input,
        output,
        cached: Math.min(input, (known < 0 ? blocks.length : known) * BLOCK_TOKENS),
      }
    })
}

function shapeOf(requests: readonly Request[]): object {
  const bySize = requests.toSorted((one, other) => one.input - other.input)
  const bands = Array.from({ length: BANDS }, (_, band) =>
    bySize.slice((band * bySize.length) / BANDS, ((band + 1) * bySize.length) / BANDS),
  )
  const percents = (band: readonly Request[]): number[] =>
    band.map(({ cached = 0, input }) => Math.round((cached / input) * 100))
  return {
    input: quantiles(
      bySize.map(({ input }) => input),
      INPUT_STEPS,
    ),
    output: bands.map((band) =>
      quantiles(
        band.map(({ output }) => output),
        OUTPUT_STEPS,
      ),
    ),
    cached: requests.some(({ cached }) => cached !== undefined)
      ? bands.map((band) => quantiles(percents(band), CACHED_STEPS))
      : [],
    minutes: minutesOf(requests),
  }
}

function quantiles(values: readonly number[], steps: number): number[] {
  const sorted = values.toSorted((one, other) => one - other)
  return Array.from({ length: steps + 1 }, (_, step) => sorted[Math.round((step / steps) * (sorted.length - 1))] ?? 0)
}

/** The last minute is not whole and left out. */
function minutesOf(requests: readonly Request[]): number[] {
  const first = requests[0]?.at ?? 0
  const counts: number[] = []
  for (const { at } of requests) {
    const minute = Math.floor((at - first) / MINUTE_MS)
    counts[minute] = (counts[minute] ?? 0) + 1
  }
  const whole = Array.from(counts.slice(0, -1), (count) => count ?? 0)
  const mean = whole.reduce((sum, count) => sum + count, 0) / whole.length
  return whole.map((count) => Math.round((count / mean) * 100))
}
