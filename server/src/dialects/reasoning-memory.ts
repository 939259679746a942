import type { Clock } from '../base/clock.ts'
import type { ReasoningPart } from './neutral.ts'
import type { Signature } from './signature.ts'

/**
 * Keeps reasoning that a provider wants back and a caller's dialect has no place for, by the id of the tool call it led
 * to. What is forgotten costs one refused request, so a little memory for a while will do.
 */
export type ReasoningMemory = {
  remember(callId: string, remembered: Remembered): void
  recall(callId: string): Remembered | null
}

export type Remembered = { readonly reasoning: readonly ReasoningPart[]; readonly callSignature: Signature | null }

export type MemoryLimits = { readonly charactersMax: number; readonly keptMs: number }

export const MEMORY_LIMITS: MemoryLimits = { charactersMax: 32 * 1024 * 1024, keptMs: 60 * 60 * 1000 }

type Kept = { readonly remembered: Remembered; readonly size: number; readonly until: number }

export class BoundedReasoningMemory {
  private readonly clock: Clock
  private readonly limits: MemoryLimits
  /** In the order of time, the oldest first. */
  private readonly kept = new Map<string, Kept>()
  private size = 0

  constructor(clock: Clock, limits: MemoryLimits = MEMORY_LIMITS) {
    this.clock = clock
    this.limits = limits
  }

  /** Ids are made by providers, so they are told apart by whom they were made for: a caller's key and a provider, say. */
  scoped(scope: string): ReasoningMemory {
    const name = (callId: string): string => JSON.stringify([scope, callId])
    return {
      remember: (callId, remembered) => {
        this.remember(name(callId), remembered)
      },
      recall: (callId) => this.recall(name(callId)),
    }
  }

  private remember(name: string, remembered: Remembered): void {
    this.forget(name)
    const size = name.length + sizeOf(remembered)
    this.kept.set(name, { remembered, size, until: this.clock.elapsed() + this.limits.keptMs })
    this.size += size
    for (const [oldest, { until }] of this.kept) {
      if (this.size <= this.limits.charactersMax && until > this.clock.elapsed()) break
      this.forget(oldest)
    }
  }

  private recall(name: string): Remembered | null {
    const found = this.kept.get(name)
    return found !== undefined && found.until > this.clock.elapsed() ? found.remembered : null
  }

  private forget(name: string): void {
    this.size -= this.kept.get(name)?.size ?? 0
    this.kept.delete(name)
  }
}

function sizeOf({ reasoning, callSignature }: Remembered): number {
  const lengths = reasoning.map(({ text, signature }) => text.length + (signature?.value.length ?? 0))
  return lengths.reduce((sum, length) => sum + length, callSignature?.value.length ?? 0)
}
