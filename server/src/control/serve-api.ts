import type { IncomingMessage, ServerResponse } from 'node:http'
import { openApi } from '@paddock/contract/control/openapi'
import type { Column } from '@paddock/contract/control/csv-columns'
import type { Endpoint, FileAnswer } from '@paddock/contract/control/endpoint'
import { asPaddockError, type PaddockError } from '../base/errors.ts'
import { readPath, sendJson } from '../base/http.ts'
import { newId } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import type { AuditLog } from '../callers/audit-log.ts'
import { nameActor, type Actor } from './actor.ts'
import { BEGUN_COOKIE, readCookie, SESSION_COOKIE, writeCookie } from './cookie.ts'
import { buildEndpointTable, type EndpointTable, type Found } from './endpoint-table.ts'
import { openEventStreams, type EventStreams } from './event-streams.ts'
import type { ApiHandlers, Asked, Note } from './handlers.ts'
import { identify, type Identities } from './identify.ts'
import { permit, refuseForeignPages } from './permit.ts'
import { readAsked } from './read-asked.ts'
import { API_HEADERS, PAPER_HEADERS } from './security-headers.ts'
import { csvAsked, isPaged, sendCsv, type CsvList } from './send-csv.ts'

export type ApiParts = {
  readonly identities: Identities
  readonly handlers: ApiHandlers
  readonly auditLog: AuditLog
  readonly log: Log
  readonly version: string
  /** Ends what handlers have begun and what goes on without them. */
  readonly closeBackground: () => Promise<void>
}

export type Api = {
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Ends what would have no end of its own: streams, and work in the background. Resolves when that has ended. */
  close(): Promise<void>
}

/** The control plane's HTTP: one table of endpoints, each with its rule, and one place where what is thrown becomes a reply. */
export function serveApi(parts: ApiParts): Api {
  const serving: Serving = {
    ...parts,
    table: buildEndpointTable(parts.handlers),
    streams: openEventStreams(),
    description: once(() => openApi(parts.version)),
  }
  return {
    handle: (request, response) => {
      void answer(serving, { request, response, requestId: newId(parts.identities.clock) })
    },
    close: () => {
      serving.streams.closeAll()
      return parts.closeBackground()
    },
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null
  return () => (made ??= { value: make() }).value
}

type Serving = ApiParts & {
  readonly table: EndpointTable
  readonly streams: EventStreams
  /** Made when it is first asked for: a start need not wait for it. */
  readonly description: () => object
}
type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly requestId: string }

async function answer(serving: Serving, exchange: Exchange): Promise<void> {
  const { request, response, requestId } = exchange
  const startedAt = serving.identities.clock.elapsed()
  let found: Found | null = null
  let code: string | null = null
  try {
    const path = readPath(request)
    if (path === '/api/openapi.json' && request.method === 'GET') {
      reply(exchange, { status: 200, body: serving.description() })
      return
    }
    found = serving.table.find(request.method ?? '', path)
    await serve(serving, exchange, found)
  } catch (thrown) {
    const error = asPaddockError(thrown)
    code = error.code
    if (error.code === 'internal') serving.log.error('control.failed', { request_id: requestId }, error.detail.cause)
    refuse(exchange, error)
  } finally {
    serving.log.info('control.request', {
      request_id: requestId,
      method: request.method,
      path: found?.endpoint.path,
      status: response.statusCode,
      code,
      duration_ms: Math.round(serving.identities.clock.elapsed() - startedAt),
    })
  }
}

async function serve(serving: Serving, exchange: Exchange, found: Found): Promise<void> {
  const { endpoint } = found
  const { request, response, requestId } = exchange
  const actor = endpoint.rule.who === 'anyone' ? null : await identify(serving.identities, request)
  const notes: Note[] = []
  const done = await attempt(async () => {
    refuseForeignPages(request, { endpoint, bySession: actor?.via === 'session' })
    if (actor !== null) permit(endpoint.rule, actor)
    const asked = await readRequest(serving, exchange, { found, actor, notes })
    const headers = { ...API_HEADERS, 'x-request-id': requestId }
    const columns = csvAsked(request, found)
    if (columns !== null) return sendCsv(response, csvList(found, { asked, columns }), headers)
    if (endpoint.stream !== true) return fit(endpoint, await found.handle(asked))
    found.handle(
      asked,
      serving.streams.open(response, (event) => fit(endpoint, event), headers),
    )
    return null
  })
  if (endpoint.method !== 'GET' && endpoint.looks !== true) {
    await record(serving, exchange, { found, actor, notes, code: done.error?.code ?? null })
  }
  if (done.error) throw done.error
  if (response.headersSent) return
  if (endpoint.file === true) replyFile(exchange, done.answer as FileAnswer)
  else reply(exchange, { status: endpoint.status ?? 200, body: done.answer })
}

/** The list as its endpoint gives it, a page at a time, and with nothing in it that its shape does not name. */
function csvList(
  { name, endpoint, handle }: Found,
  { asked, columns }: { readonly asked: Asked<Endpoint>; readonly columns: readonly Column[] },
): CsvList {
  const { query } = asked as { query: object }
  return {
    name: name.replace(/\.list$/, '').replace('.', '-'),
    columns,
    isPaged: isPaged(endpoint),
    page: async (paging) => fit(endpoint, await handle({ ...asked, query: { ...query, ...paging } as never })) as never,
  }
}

type Done = { readonly answer: unknown; readonly error: null } | { readonly answer: null; readonly error: PaddockError }

async function attempt(act: () => Promise<unknown>): Promise<Done> {
  try {
    return { answer: await act(), error: null }
  } catch (thrown) {
    return { answer: null, error: asPaddockError(thrown) }
  }
}

type Reading = { readonly found: Found; readonly actor: Actor | null; readonly notes: Note[] }

async function readRequest(
  { identities }: Serving,
  { request, response, requestId }: Exchange,
  { found, actor, notes }: Reading,
): Promise<Asked<Endpoint>> {
  const { query, body } = await readAsked(request, found)
  const secure = request.headers['x-forwarded-proto'] === 'https'
  const set = (name: string, value: { token: string; expiresAt: number } | null): void => {
    const secondsLeft = value === null ? 0 : (value.expiresAt - identities.clock.now()) / 1000
    response.appendHeader('set-cookie', writeCookie({ name, token: value?.token ?? '', secondsLeft, secure }))
  }
  return {
    // The rule of the endpoint was seen to, and its handler's type follows from it.
    actor: actor as never,
    params: found.params as never,
    query: query as never,
    body: body as never,
    requestId,
    from: request.socket.remoteAddress ?? '',
    note: (note) => {
      notes.push(note)
    },
    setSession: (session) => {
      set(SESSION_COOKIE, session)
    },
    site: { host: request.headers.host ?? '', secure },
    begun: readCookie(request, BEGUN_COOKIE),
    setBegun: (begun) => {
      set(BEGUN_COOKIE, begun)
    },
  }
}

/** Only what the shape names goes out: a secret that a handler gives by mistake is not among it. */
function fit(endpoint: Endpoint, answer: unknown): unknown {
  const fitted = endpoint.answer.safeParse(answer)
  if (fitted.success) return fitted.data
  const where = fitted.error.issues.map(({ path, code }) => `${path.join('.')} ${code}`).join(', ')
  throw new Error(`the answer of ${endpoint.method} ${endpoint.path} has not its shape: ${where}`)
}

type Recorded = { found: Found; actor: Actor | null; notes: readonly Note[]; code: string | null }

async function record({ auditLog }: Serving, { requestId }: Exchange, recorded: Recorded): Promise<void> {
  const { found, actor, notes, code } = recorded
  const note: Note = Object.assign({}, ...notes)
  // A stranger's mistake is no matter for the log; who claimed to be somebody is.
  if (actor === null && note.person === undefined && note.claimed === undefined) return
  const { person, claimed, target = found.params['id'] ?? null, before, after } = note
  await auditLog.append({
    organisationId: actor?.organisationId ?? person?.organisationId ?? null,
    actor: actor
      ? nameActor(actor)
      : person
        ? { kind: 'person', id: person.id, name: person.email }
        : { kind: 'nobody', id: null, name: claimed ?? '' },
    action: found.name,
    target,
    code,
    before,
    after,
    requestId,
  })
}

function reply({ response, requestId }: Exchange, { status, body }: { status: number; body: unknown }): void {
  sendJson(response, { status, body, headers: { ...API_HEADERS, 'x-request-id': requestId } })
}

function replyFile({ response, requestId }: Exchange, { name, type, text }: FileAnswer): void {
  const bytes = Buffer.from(text)
  response.writeHead(200, {
    ...(type === 'text/html' ? PAPER_HEADERS : API_HEADERS),
    'x-request-id': requestId,
    'content-type': `${type}; charset=utf-8`,
    'content-length': bytes.length,
    'content-disposition': `${type === 'text/html' ? 'inline' : 'attachment'}; filename="${name}"`,
  })
  response.end(bytes)
}

function refuse({ request, response, requestId }: Exchange, error: PaddockError): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { code, message, spec, detail, status } = error
  const headers: Record<string, string> = { ...API_HEADERS, ...detail.headers, 'x-request-id': requestId }
  if (detail.retryAfterSeconds !== undefined) headers['retry-after'] = String(detail.retryAfterSeconds)
  // What was not read of a body would be taken for the next request.
  if (!request.complete) headers['connection'] = 'close'
  const body = { error: { message, type: spec.type, code, param: detail.param ?? null } }
  sendJson(response, { status, body, headers })
}
