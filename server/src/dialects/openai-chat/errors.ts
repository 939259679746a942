import type { PaddockError } from '../../base/errors.ts'

export { readError, type ProviderError } from '../provider-error.ts'

/** Errors in the one form SDKs of this dialect expect. */

/** An error as this API answers with it. */
export function writeError(error: PaddockError, requestId: string): Buffer {
  return Buffer.from(errorJson(error, requestId))
}

/** An error behind the beginning of a stream: the last event, with no [DONE] behind it, so that no SDK takes it for the end. */
export function writeErrorEvent(error: PaddockError, requestId: string): Buffer {
  return Buffer.from(`data: ${errorJson(error, requestId)}\n\n`)
}

function errorJson({ code, detail, spec }: PaddockError, requestId: string): string {
  const { message, param = null, limitSource: limit_source } = detail
  const doc = `docs/reference/errors.md#${code}`
  return JSON.stringify({ error: { message, type: spec.type, code, param, limit_source, request_id: requestId, doc } })
}
