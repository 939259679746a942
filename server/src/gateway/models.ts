import { mayCall } from '../callers/authorize.ts'
import { sendJson } from '../base/http.ts'
import { PaddockError } from '../base/errors.ts'
import type { Caller } from '../callers/caller.ts'
import type { OfferedModel } from '../routing/table.ts'
import { authenticate } from './authenticate.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { baseHeaders } from './reply.ts'

/** GET /v1/models: the routes and models this key may call, all on one page, in the shape of both APIs that list models. */
export async function listModels(gateway: Gateway, exchange: Exchange): Promise<void> {
  const caller = await authenticate(gateway, exchange, 'call')
  const data = offeredTo(gateway, caller).map(describe)
  const page = { has_more: false, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null }
  sendJson(exchange.response, { status: 200, body: { object: 'list', data, ...page }, headers: baseHeaders(exchange) })
}

/** GET /v1/models/<name>. Throws `model_unknown` for one that is not offered to this key. */
export async function showModel(gateway: Gateway, exchange: Exchange, name: string): Promise<void> {
  const caller = await authenticate(gateway, exchange, 'call')
  const found = offeredTo(gateway, caller).find((model) => model.name === name)
  if (!found)
    throw new PaddockError('model_unknown', {
      message: 'There is no model of this name for this key. GET /v1/models lists all.',
    })
  sendJson(exchange.response, { status: 200, body: describe(found), headers: baseHeaders(exchange) })
}

/** By names that this key may call them by: one for a bare model name may not use the full one. */
function offeredTo(gateway: Gateway, caller: Caller): OfferedModel[] {
  const callable = new Map<string, OfferedModel>()
  for (const model of gateway.routing().offered) {
    const bareName = model.name.slice(model.name.indexOf('/') + 1)
    const name = [model.name, bareName].find((each) => mayCall(caller, each))
    if (name !== undefined && !callable.has(name)) callable.set(name, { ...model, name })
  }
  return [...callable.values()]
}

/** The OpenAI API's fields, then those that anthropic-messages has beside the id. When a model came out is not known. */
function describe({ name, provider }: OfferedModel): { readonly id: string } & Record<string, unknown> {
  return {
    id: name,
    object: 'model',
    created: 0,
    owned_by: provider,
    type: 'model',
    display_name: name,
    created_at: '1970-01-01T00:00:00Z',
  }
}
