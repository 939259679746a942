/** Why the control plane did not do what it was asked, or that it could not be reached. */
export class ApiError extends Error {
  /** 0: no answer came. */
  readonly status: number
  /** A code of docs/reference/errors.md, or `unreachable`. */
  readonly code: string
  /** Which field is meant: "/email". */
  readonly param: string | null
  readonly requestId: string | null

  constructor(told: {
    status: number
    code: string
    message: string
    param?: string | null
    requestId?: string | null
  }) {
    super(told.message)
    this.name = 'ApiError'
    this.status = told.status
    this.code = told.code
    this.param = told.param ?? null
    this.requestId = told.requestId ?? null
  }
}

/** What the server said about the field of a form: of "/budget/amount" that is `budget`, and `amount`. */
export function errorOf(error: unknown, field: string): string | null {
  if (!(error instanceof ApiError) || error.param === null) return null
  if (!error.param.split('/').includes(field)) return null
  // The place is said by where it is shown.
  const place = `${error.param}: `
  return error.message.startsWith(place) ? error.message.slice(place.length) : error.message
}
