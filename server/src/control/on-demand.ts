import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendJson } from '../base/http.ts'
import type { Api } from './serve-api.ts'

/**
 * Opens the control plane when it is first asked: its shapes take time and memory that a gateway without a console need not
 * spend. `onFailure` is told why it could not be opened; the next request tries again.
 */
export function openOnDemand(open: () => Promise<Api>, onFailure: (cause: unknown) => void): Api {
  let opening: Promise<Api> | null = null
  const forget = (response: ServerResponse, cause: unknown): void => {
    opening = null
    onFailure(cause)
    const error = {
      message: 'The control plane cannot be opened. The log has the cause.',
      type: 'server_error',
      code: 'internal',
    }
    sendJson(response, { status: 500, body: { error: { ...error, param: null } } })
  }
  return {
    handle: (request: IncomingMessage, response: ServerResponse) => {
      opening ??= open()
      opening.then(
        (api) => {
          api.handle(request, response)
        },
        (cause: unknown) => {
          forget(response, cause)
        },
      )
    },
    close: async () => {
      const api = await opening?.catch(() => null)
      await api?.close()
    },
  }
}
