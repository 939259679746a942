import type { ErrorType } from '@paddock/contract/errors'
import type { PaddockError } from '../../base/errors.ts'

/** Errors in the form SDKs of this dialect expect. */

const TYPES: Readonly<Record<ErrorType, string>> = {
  invalid_request_error: 'invalid_request_error',
  authentication_error: 'authentication_error',
  permission_error: 'permission_error',
  not_found_error: 'not_found_error',
  billing_error: 'billing_error',
  rate_limit_error: 'rate_limit_error',
  overloaded_error: 'overloaded_error',
  provider_error: 'api_error',
  server_error: 'api_error',
}

/** Statuses that have a type of their own here. */
const TYPES_BY_STATUS: Readonly<Record<number, string>> = { 413: 'request_too_large', 504: 'timeout_error' }

/** An error as this API answers with it. Code and place are ours; SDKs read type and message. */
export function writeError(error: PaddockError, requestId: string): Buffer {
  return Buffer.from(errorJson(error, requestId))
}

/** An error behind the beginning of a stream: its last event, with no message_stop behind it. */
export function writeErrorEvent(error: PaddockError, requestId: string): Buffer {
  return Buffer.from(`event: error\ndata: ${errorJson(error, requestId)}\n\n`)
}

function errorJson({ code, detail, spec, status }: PaddockError, requestId: string): string {
  return JSON.stringify({
    type: 'error',
    error: {
      type: typeFor(status, spec.type),
      message: detail.message,
      code,
      param: detail.param ?? null,
      limit_source: detail.limitSource,
      doc: `docs/reference/errors.md#${code}`,
    },
    request_id: requestId,
  })
}

/** A provider's refusal of a request is the request's fault. */
function typeFor(status: number, type: ErrorType): string {
  const isRequests = type === 'provider_error' && status < 500
  return TYPES_BY_STATUS[status] ?? (isRequests ? 'invalid_request_error' : TYPES[type])
}
