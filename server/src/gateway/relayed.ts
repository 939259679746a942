import type { Usage } from '@paddock/contract/usage'
import type { PaddockError } from '../base/errors.ts'
import { NOTHING_SEEN, type Seen } from '../dialects/relay.ts'
import type { Measure } from '../dialects/usage-reading.ts'

/** What became of an answer's body: how it ended, what was seen in it, and the bytes still held back. */
export type Relayed = {
  /** What the caller must be told, or null when the answer is whole. */
  readonly failure: PaddockError | null
  readonly timedOut: boolean
  /** Whether we ended it, because there was no money for more. */
  readonly stopped: boolean
  /** The provider's own usage, where it gave one that can be believed. */
  readonly usage: Usage | null
  /** Every way to count it, where there are several. */
  readonly measures: readonly Measure[]
  /** What it told of the prompt, where nothing it told of the answer came. */
  readonly promptUsage: Usage | null
  /** Why a usage that was there is not believed. */
  readonly usageProblem: string | null
  /** Whether anything the model wrote has arrived. */
  readonly begun: boolean
  /** All that the model wrote, for counting. */
  written(): string
  readonly answeredModel: string | null
  readonly providerRequestId: string | null
  readonly firstByteElapsed: number | null
  /** Of a whole answer that is not JSON of ours. */
  readonly contentType: string | null
  /** The end of the answer, asked for once, when its entry is safe; told the usage we counted where the provider gave none. */
  held(counted?: Usage): Buffer | null
  /** The end of a stream that has begun and failed. */
  failBytes(error: PaddockError): Buffer | null
}

export type Ending = Pick<Relayed, 'failure' | 'timedOut' | 'firstByteElapsed'> &
  Partial<Pick<Relayed, 'held' | 'failBytes' | 'stopped' | 'contentType'>>

/** For a request no answer came for. */
export function nothingRelayed(failure: PaddockError | null, timedOut: boolean): Relayed {
  return relayed(NOTHING_SEEN, { failure, timedOut, firstByteElapsed: null })
}

const NO_MEASURES: readonly Measure[] = []

export function relayed(seen: Seen, ending: Ending): Relayed {
  const { id, model, usage, measures = NO_MEASURES, events } = seen
  // Named one by one, because this is made for every request and spreading takes ten times as long.
  return {
    usage: usage?.kind === 'usage' ? usage.usage : null,
    promptUsage: usage?.kind === 'prompt' ? usage.usage : null,
    measures,
    usageProblem: usage?.kind === 'problem' ? usage.problem : null,
    begun: events > 0,
    written: () => seen.written,
    answeredModel: model,
    providerRequestId: id,
    stopped: ending.stopped ?? false,
    contentType: ending.contentType ?? null,
    held: ending.held ?? none,
    failBytes: ending.failBytes ?? none,
    failure: ending.failure,
    timedOut: ending.timedOut,
    firstByteElapsed: ending.firstByteElapsed,
  }
}

function none(): null {
  return null
}
