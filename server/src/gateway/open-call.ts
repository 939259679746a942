import type { CallFailure, CallProvider, ProviderRequest, RunningCall } from '../providers/call-provider.ts'

/** The beginning of a provider's answer. */
export type Head = { readonly status: number; readonly headers: Readonly<Record<string, string>> }

/** Takes the body of an answer. `data` returns false to be given a rest until `resume`. */
export type BodyConsumer = {
  data(bytes: Uint8Array): boolean
  end(): void
  failure(failure: CallFailure): void
}

/**
 * A running call seen in steps: first its head is awaited, then somebody takes its body, and perhaps leaves it to another.
 * What arrives in between waits, and the provider is told to wait too.
 */
export type OpenCall = {
  head(): Promise<Head | CallFailure>
  take(consumer: BodyConsumer): void
  /** Takes no more of it for now. */
  leave(): void
  resume(): void
  cancel(): void
}

export function isFailure(outcome: Head | CallFailure): outcome is CallFailure {
  return 'kind' in outcome
}

export function openCall(call: CallProvider, request: ProviderRequest): OpenCall {
  let consumer: BodyConsumer | null = null
  let running: RunningCall | null = null
  const waiting: ((taker: BodyConsumer) => void)[] = []
  const deliver = (event: (taker: BodyConsumer) => void): void => {
    if (consumer) event(consumer)
    else waiting.push(event)
  }

  const head = new Promise<Head | CallFailure>((resolve) => {
    running = call(request, {
      onHead: (status, headers) => {
        resolve({ status, headers })
      },
      onData: (bytes) => {
        if (consumer) return consumer.data(bytes)
        const kept = Buffer.from(bytes)
        waiting.push((taker) => {
          taker.data(kept)
        })
        return false
      },
      onEnd: () => {
        deliver((taker) => {
          taker.end()
        })
      },
      onFailure: (failure) => {
        resolve(failure)
        deliver((taker) => {
          taker.failure(failure)
        })
      },
    })
  })

  return {
    head: () => head,
    take: (taker) => {
      consumer = taker
      // The taker may leave in the middle of what waited; the rest waits on.
      while (consumer === taker && waiting.length > 0) waiting.shift()?.(taker)
      if (consumer === taker) running?.resume()
    },
    leave: () => {
      consumer = null
    },
    resume: () => running?.resume(),
    cancel: () => running?.cancel(),
  }
}

/** Reads a body whole, up to a limit: null when it is longer (the call is cancelled) or broken off. */
export function readWhole(call: OpenCall, bytesMax: number): Promise<Buffer | CallFailure | null> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let length = 0
    call.take({
      data: (bytes) => {
        length += bytes.length
        if (length > bytesMax) {
          call.cancel()
          resolve(null)
          return false
        }
        parts.push(Buffer.from(bytes))
        return true
      },
      end: () => {
        resolve(Buffer.concat(parts, length))
      },
      failure: (failure) => {
        resolve(failure)
      },
    })
  })
}
