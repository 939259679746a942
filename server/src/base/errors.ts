import { ERRORS, type ErrorCode, type ErrorSpec } from '@paddock/contract/errors'

/** What can be said about an error beside its code. */
export type ErrorDetail = {
  /** Full sentences: what was wrong, where, the limit, and how to mend it. Never a secret, at most 64 characters of input. */
  readonly message: string
  /** Where in the body: a JSON pointer such as /messages/0/role. */
  readonly param?: string
  /** Send the same request again after this many seconds and it will be admitted. */
  readonly retryAfterSeconds?: number
  /** The provider's own 4xx status, where the table's is only its family's. */
  readonly status?: number
  /** Which scope's budget says no, as callers of other gateways know it. */
  readonly limitSource?: string
  /** Response headers the error needs (Allow, for one). */
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** The one error class of the server. Thrown where a fault is found, answered at the border (an HTTP reply, a CLI exit). */
export class PaddockError extends Error {
  readonly code: ErrorCode
  readonly detail: ErrorDetail

  constructor(code: ErrorCode, detail: ErrorDetail) {
    super(detail.message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'PaddockError'
    this.code = code
    this.detail = detail
  }

  get spec(): ErrorSpec {
    return ERRORS[this.code]
  }

  get status(): number {
    return this.detail.status ?? this.spec.status
  }
}

/** Any thrown thing as a PaddockError: unknown ones become `internal`, and keep their cause for the log. */
export function asPaddockError(thrown: unknown): PaddockError {
  if (thrown instanceof PaddockError) return thrown
  return new PaddockError('internal', {
    message: 'Something failed on our side. The log has the cause under this request id.',
    cause: thrown,
  })
}

/** At most 64 characters of somebody's input, safe to show: control and bidirectional characters become "�". */
export function excerpt(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\uFFFD')
  return clean.length > 64 ? `${clean.slice(0, 63)}…` : clean
}

/** Stops the program's own mistakes: on in production too. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${what}`)
}

/**
 * What credentials look like, and where they stand in addresses and headers: providers like to quote the key they refuse.
 * A prefix needs a separator and something behind it that is no word, so that a skeleton-like plan stays readable.
 */
const SECRETS: readonly RegExp[] = [
  /\bBearer\s+[^\s"',]+/gi,
  /(?<=[?&](?:(?:api_?)?key|(?:access_)?token)=)[^\s&"']+/gi,
  /\b(?:sk|pk|rk|ak)[-_](?=[\w*-]{0,64}?[\d*]|[\w-]{20})[\w*-]{6,}/gi,
  /\bAIza[\w-]{12,}/g,
]

/** The text with every credential in it blanked. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((clean, secret) => clean.replace(secret, '[secret]'), text)
}

/** Where in a text something stands that looks like a credential. */
export function findSecrets(text: string): { readonly start: number; readonly end: number }[] {
  return SECRETS.flatMap((secret) =>
    [...text.matchAll(secret)].map((match) => ({ start: match.index, end: match.index + match[0].length })),
  )
}
