import type { PaddockError } from '../../base/errors.ts'

export { writeError } from '../openai-chat/errors.ts'

/**
 * An error behind the beginning of a stream whose bytes passed: its last event. Clients of this dialect look for the
 * fields beside the type; those that share their decoder with openai-chat look for `error`.
 */
export function writeErrorEvent({ code, detail, spec }: PaddockError, requestId: string): Buffer {
  const { message, param = null } = detail
  const event = {
    type: 'error',
    sequence_number: 0,
    code,
    message,
    param,
    error: { message, type: spec.type, code, param, request_id: requestId, doc: `docs/reference/errors.md#${code}` },
  }
  return Buffer.from(`event: error\ndata: ${JSON.stringify(event)}\n\n`)
}
