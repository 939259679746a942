/** A request to a provider as bytes, ready to be sent. */
export type ProviderRequest = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Where this request may wait longer, or less, than others: a whole answer comes later than the head of a stream. */
  readonly limits?: CallLimits | undefined
}

/** How long a call may wait, in milliseconds: for the head of the answer, and between two pieces of its body. */
export type CallLimits = { readonly headersMsMax?: number; readonly idleMsMax?: number }

/** Why a call ended without a whole answer. `bad_answer`: what came cannot be used, such as a redirect or broken HTTP. */
export type CallFailure = {
  readonly kind:
    | 'unreachable'
    | 'reset'
    | 'connect_timeout'
    | 'headers_timeout'
    | 'idle_timeout'
    | 'bad_answer'
    | 'cancelled'
  /** For the operator: names the provider's origin, never a header, a key or the body. */
  readonly message: string
}

/**
 * Receives an answer as it arrives. `onHead` comes at most once and first; then any number of `onData`; then exactly one
 * of `onEnd` and `onFailure`. After `cancel` nothing but one `onFailure` of kind "cancelled" comes. Nothing is ever
 * called from inside the call itself, `resume` or `cancel`: only after they have returned.
 */
export type ProviderSink = {
  /** Header names are lower-case; the body is as it follows in `onData`, so no content-encoding is left. */
  onHead(status: number, headers: Readonly<Record<string, string>>): void
  /** Must not keep the bytes after returning unless it copies them. Returning false pauses the call until `resume`. */
  onData(bytes: Uint8Array): boolean
  onEnd(): void
  onFailure(failure: CallFailure): void
}

/** The handle of a running call. Both may be called at any time; after the end they do nothing. */
export type RunningCall = { resume(): void; cancel(): void }

/**
 * Calls a provider. HTTP is one way to do it, the built-in practice provider another; retries, timeouts by phase and
 * shadowing are wrappers of this type.
 */
export type CallProvider = (request: ProviderRequest, sink: ProviderSink) => RunningCall
