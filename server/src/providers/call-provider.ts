/** A request to a provider as bytes, ready to be sent. */
export type ProviderRequest = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** Why a call ended without a whole answer. */
export type CallFailure = {
  readonly kind: 'unreachable' | 'reset' | 'connect_timeout' | 'headers_timeout' | 'idle_timeout' | 'cancelled'
  readonly message: string
}

/**
 * Receives an answer as it arrives. `onHead` comes at most once and first; then any number of `onData`; then exactly one
 * of `onEnd` and `onFailure`. After `cancel` nothing but one `onFailure` of kind "cancelled" comes.
 */
export type ProviderSink = {
  onHead(status: number, headers: Readonly<Record<string, string>>): void
  /** Must not keep the bytes after returning unless it copies them. Returning false pauses the call until `resume`. */
  onData(bytes: Uint8Array): boolean
  onEnd(): void
  onFailure(failure: CallFailure): void
}

/** The handle of a running call. */
export type RunningCall = { resume(): void; cancel(): void }

/**
 * Calls a provider. HTTP is one way to do it, the built-in practice provider another; retries, timeouts by phase and
 * shadowing are wrappers of this type.
 */
export type CallProvider = (request: ProviderRequest, sink: ProviderSink) => RunningCall
