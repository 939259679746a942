import type { IncomingMessage, ServerResponse } from 'node:http'
import { asPaddockError, PaddockError } from '../base/errors.ts'
import { pathOf, readPath, sendJson } from '../base/http.ts'
import type { Metrics } from './metrics.ts'

/** Whether the server takes new requests, and if not, why. */
export type Readiness = () => { readonly ready: boolean; readonly reasons: readonly string[] }

export type ControlParts = {
  readonly readiness: Readiness
  readonly metrics: Metrics
  /** Decides whether this request may read the metrics; throws the error to answer with. */
  readonly admitMetrics: (request: IncomingMessage) => Promise<void>
}

const PATHS: ReadonlySet<string> = new Set(['/livez', '/readyz', '/health', '/metrics'])

/** True for the paths of the control plane; everything else belongs to the data plane. */
export function isControlPath(request: IncomingMessage): boolean {
  return PATHS.has(pathOf(request))
}

/** True for what the console asks; it has a table of endpoints of its own. */
export function isApiPath(request: IncomingMessage): boolean {
  const path = pathOf(request)
  return path === '/api' || path.startsWith('/api/')
}

/** `/livez`: the process runs. `/readyz` (and `/health`): it takes requests. `/metrics`: its numbers. */
export function serveControl(parts: ControlParts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(parts, request, response).catch((thrown: unknown) => {
      const { code, message, spec, detail } = asPaddockError(thrown)
      const body = { error: { message, type: spec.type, code, param: null } }
      sendJson(response, { status: spec.status, body, headers: detail.headers ?? {} })
    })
  }
}

async function answer(parts: ControlParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new PaddockError('method_not_allowed', { message: 'This path takes GET.', headers: { allow: 'GET, HEAD' } })
  }
  switch (readPath(request)) {
    case '/livez':
      sendJson(response, { status: 200, body: { alive: true } })
      return
    case '/metrics':
      await parts.admitMetrics(request)
      await sendMetrics(parts.metrics, response)
      return
    default: {
      const { ready, reasons } = parts.readiness()
      sendJson(response, { status: ready ? 200 : 503, body: { ready, reasons } })
    }
  }
}

async function sendMetrics(metrics: Metrics, response: ServerResponse): Promise<void> {
  const { contentType, text } = await metrics.render()
  response.writeHead(200, { 'content-type': contentType })
  response.end(text)
}
