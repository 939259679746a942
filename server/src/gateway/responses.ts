import { PaddockError } from '../base/errors.ts'
import { sendJson } from '../base/http.ts'
import type { Caller } from '../callers/caller.ts'
import { itemsBefore, type ListedItem } from '../dialects/openai-responses/conversation.ts'
import type { StoredResponse } from '../dialects/openai-responses/stored.ts'
import { authenticate } from './authenticate.ts'
import { findResponse, responseUnknown } from './conversation.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { baseHeaders } from './reply.ts'

/** Kept answers, as the OpenAI API shows them. A caller sees those of which it may see the entries. */

/** GET /v1/responses/<id> */
export async function showResponse(gateway: Gateway, exchange: Exchange, id: string): Promise<void> {
  const caller = await authenticate(gateway, exchange, 'call')
  const { response } = await findResponse(gateway, caller, id)
  send(exchange, response)
}

/** DELETE /v1/responses/<id>: by the key that asked for it, or one that administers its organisation. */
export async function deleteResponse(gateway: Gateway, exchange: Exchange, id: string): Promise<void> {
  const caller = await authenticate(gateway, exchange, 'call')
  const found = await findResponse(gateway, caller, id)
  if (!mayDelete(caller, found)) throw responseUnknown()
  await gateway.responses.remove(id)
  sendJson(exchange.response, {
    status: 200,
    body: { id, object: 'response', deleted: true },
    headers: baseHeaders(exchange),
  })
}

function mayDelete(caller: Caller, { keyId }: StoredResponse): boolean {
  return keyId === caller.keyId || caller.scopes.includes('admin')
}

/** GET /v1/responses/<id>/input_items: the whole conversation before the answer, the newest item first. */
export async function listInputItems(gateway: Gateway, exchange: Exchange, id: string): Promise<void> {
  const caller = await authenticate(gateway, exchange, 'call')
  const found = await findResponse(gateway, caller, id)
  const wanted = readPage(exchange)
  const items = itemsBefore(found)
  const ordered = wanted.isAscending ? items : items.toReversed()
  const from = behind(ordered, wanted.after)
  const page = ordered.slice(from, from + wanted.limit)
  const hasMore = from + page.length < ordered.length
  const idOf = (item: ListedItem | undefined): string => JSON.stringify(item?.id ?? null)
  send(
    exchange,
    `{"object":"list","data":[${page.map(({ json }) => json).join(',')}],"first_id":${idOf(page[0])},"last_id":${idOf(page.at(-1))},"has_more":${hasMore}}`,
  )
}

const PAGE_ITEMS_MAX = 100
const PAGE_ITEMS = 20

type Page = { readonly limit: number; readonly isAscending: boolean; readonly after: string | null }

function readPage({ request }: Exchange): Page {
  const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '')
  const [limit, order] = [query.get('limit') ?? String(PAGE_ITEMS), query.get('order') ?? 'desc']
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > PAGE_ITEMS_MAX) {
    throw new PaddockError('out_of_range', {
      message: `limit must be a whole number from 1 to ${PAGE_ITEMS_MAX}.`,
      param: 'limit',
    })
  }
  if (order !== 'asc' && order !== 'desc') {
    throw new PaddockError('value_unknown', { message: 'order must be asc or desc.', param: 'order' })
  }
  return { limit: Number(limit), isAscending: order === 'asc', after: query.get('after') }
}

/** The place behind an item; the first where none is named. */
function behind(items: readonly ListedItem[], id: string | null): number {
  if (id === null) return 0
  const place = items.findIndex((item) => item.id === id)
  if (place !== -1) return place + 1
  throw new PaddockError('id_invalid', {
    message: 'after must be the id of an item of this list, such as its last_id.',
    param: 'after',
  })
}

function send(exchange: Exchange, json: string): void {
  const bytes = Buffer.from(json)
  exchange.response.writeHead(200, {
    ...baseHeaders(exchange),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(bytes.length),
  })
  exchange.response.end(bytes)
}
