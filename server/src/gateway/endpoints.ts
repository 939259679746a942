import type { IncomingMessage, ServerResponse } from 'node:http'
import { PaddockError } from '../base/errors.ts'
import { pathOf, readPath } from '../base/http.ts'
import { nearestNames } from '../routing/nearest.ts'
import { CALLER_DIALECTS } from '../dialects/all.ts'
import { countingCaller } from '../dialects/anthropic-messages/caller.ts'
import type { CallerDialect } from '../dialects/dialect.ts'
import { countPrompt } from './count-tokens.ts'
import { openExchange, type Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { takeFeedback } from './feedback.ts'
import { showGeneration } from './generation.ts'
import { handleGeneration } from './handle.ts'
import { listModels, showModel } from './models.ts'
import { CallerGone } from './read-body.ts'
import { refuse } from './reply.ts'
import { showUsage } from './usage.ts'
import { deleteResponse, listInputItems, showResponse } from './responses.ts'
import { embeddings } from './tasks/embeddings.ts'
import { handleTask } from './tasks/handle-task.ts'
import { images } from './tasks/images.ts'
import { rerank } from './tasks/rerank.ts'
import { speech } from './tasks/speech.ts'
import { transcriptions } from './tasks/transcriptions.ts'

type Handler = (gateway: Gateway, exchange: Exchange) => Promise<void>
type Endpoint = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** All methods of its path, where there are several. */
  readonly allow?: string
  readonly handle: Handler
  /** How who calls it speaks; the OpenAI way where nothing is said. */
  readonly dialect?: CallerDialect
}

/** Which URL speaks what. */
const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map(
  Object.entries<Endpoint>({
    '/v1/chat/completions': { method: 'POST', handle: handleGeneration },
    '/v1/responses': { method: 'POST', handle: handleGeneration, dialect: CALLER_DIALECTS['openai-responses'] },
    '/v1/messages': { method: 'POST', handle: handleGeneration, dialect: CALLER_DIALECTS['anthropic-messages'] },
    '/v1/messages/count_tokens': { method: 'POST', handle: countPrompt, dialect: countingCaller },
    '/v1/embeddings': { method: 'POST', handle: handleTask(embeddings) },
    '/v1/rerank': { method: 'POST', handle: handleTask(rerank) },
    '/v1/images/generations': { method: 'POST', handle: handleTask(images) },
    '/v1/audio/speech': { method: 'POST', handle: handleTask(speech) },
    '/v1/audio/transcriptions': { method: 'POST', handle: handleTask(transcriptions) },
    '/v1/models': { method: 'GET', handle: listModels },
    '/v1/feedback': { method: 'POST', handle: takeFeedback },
    '/v1/generation': { method: 'GET', handle: showGeneration },
    '/v1/usage': { method: 'GET', handle: showUsage },
  }),
)
const MODELS_PREFIX = '/v1/models/'
const RESPONSES_PREFIX = '/v1/responses/'

/** Answers every request of the data plane: the one place where what a stage throws becomes a reply. */
export function serveGateway(gateway: Gateway): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const path = pathOf(request)
    const dialect = ENDPOINTS.get(path)?.dialect ?? CALLER_DIALECTS['openai-chat']
    void serve(gateway, openExchange(gateway.clock, { dialect, path, request, response }))
  }
}

async function serve(gateway: Gateway, exchange: Exchange): Promise<void> {
  try {
    await endpointOf(gateway, exchange).handle(gateway, exchange)
  } catch (thrown) {
    if (!(thrown instanceof CallerGone)) refuse(gateway, exchange, thrown)
  }
}

function endpointOf(gateway: Gateway, exchange: Exchange): Endpoint {
  if (!gateway.accepting()) throw stopping()
  const { method = '' } = exchange.request
  const path = readPath(exchange.request)
  const endpoint = endpointAt(path, method)
  if (!endpoint) throw unknownPath(path)
  if (method !== endpoint.method) {
    throw new PaddockError('method_not_allowed', {
      message: `${path} takes ${endpoint.allow ?? endpoint.method}, not ${method}.`,
      headers: { allow: endpoint.allow ?? endpoint.method },
    })
  }
  return endpoint
}

function stopping(): PaddockError {
  return new PaddockError('server_shutdown', {
    message: 'This server is stopping and takes no new requests. Send it again.',
    retryAfterSeconds: 1,
    headers: { connection: 'close' },
  })
}

function endpointAt(path: string, method: string): Endpoint | undefined {
  if (path.startsWith(MODELS_PREFIX)) return modelEndpoint(path)
  return path.startsWith(RESPONSES_PREFIX) ? responseEndpoint(path, method) : ENDPOINTS.get(path)
}

function responseEndpoint(path: string, method: string): Endpoint | undefined {
  const [id = '', list, ...rest] = path.slice(RESPONSES_PREFIX.length).split('/')
  if (list === undefined) {
    return method === 'DELETE'
      ? { method, handle: (gateway, exchange) => deleteResponse(gateway, exchange, id) }
      : { method: 'GET', allow: 'GET, DELETE', handle: (gateway, exchange) => showResponse(gateway, exchange, id) }
  }
  if (list !== 'input_items' || rest.length > 0) return undefined
  return { method: 'GET', handle: (gateway, exchange) => listInputItems(gateway, exchange, id) }
}

function modelEndpoint(path: string): Endpoint {
  return {
    method: 'GET',
    handle: (gateway, exchange) => showModel(gateway, exchange, decodeName(path.slice(MODELS_PREFIX.length))),
  }
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new PaddockError('path_unknown', {
      message: 'The path holds a "%" that is not followed by two hexadecimal digits of UTF-8.',
    })
  }
}

function unknownPath(path: string): PaddockError {
  const known = [...ENDPOINTS.keys()]
  const near = nearestNames(path, known)
  const hint = near.length === 0 ? ` There are: ${known.join(', ')}.` : ` Did you mean ${near.join(' or ')}?`
  return new PaddockError('path_unknown', { message: `There is nothing at this path.${hint}` })
}
