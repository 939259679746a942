import type { Seeded } from './seeded.ts'
import type { Quantiles, TrafficShape } from './traffic-shape.ts'

/** Tokens of a prompt, of its answer, and how many of the prompt a prefix cache has. */
export type Sizes = { readonly prompt: number; readonly answer: number; readonly cached: number }

/** A request such as the trace has: long prompts have the answers of long prompts. */
export function drawSizes(shape: TrafficShape, seeded: Seeded): Sizes {
  const rank = seeded.fraction()
  const prompt = Math.max(1, Math.round(at(shape.input, rank)))
  const percent = at(bandOf(shape.cached, rank), seeded.fraction())
  return {
    prompt,
    answer: Math.max(1, Math.round(at(bandOf(shape.output, rank), seeded.fraction()))),
    cached: Math.floor((prompt * percent) / 100),
  }
}

/** Where in an hour a request comes: some minutes of the trace are three times as busy as others. */
export function drawMinute({ minutes }: TrafficShape, seeded: Seeded): number {
  const most = Math.max(...minutes)
  for (;;) {
    const minute = seeded.below(60)
    if (seeded.below(most) < (minutes[minute % minutes.length] ?? 0)) return minute
  }
}

function bandOf(bands: readonly Quantiles[], rank: number): Quantiles {
  return bands[Math.floor(rank * bands.length)] ?? [0]
}

/** Between two quantiles, evenly. */
function at(quantiles: Quantiles, rank: number): number {
  const place = rank * (quantiles.length - 1)
  const low = Math.floor(place)
  const [from = 0, to = from] = quantiles.slice(low, low + 2)
  return from + (to - from) * (place - low)
}
