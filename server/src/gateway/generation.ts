import { PaddockError } from '../base/errors.ts'
import { sendJson } from '../base/http.ts'
import { maySee, type Owner } from '../callers/authorize.ts'
import type { Entry } from '../books/entry.ts'
import { authenticate } from './authenticate.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { baseHeaders } from './reply.ts'

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * GET /v1/generation?id=<x-request-id>: what a request used and cost, which a stream's headers were too early to say.
 * A caller sees the entries of its own key; with the scope read those of its team, with admin those of its organisation.
 * Somebody else's entry is as unknown as one that never was.
 */
export async function showGeneration(gateway: Gateway, exchange: Exchange): Promise<void> {
  const caller = await authenticate(gateway, exchange, 'call')
  const query = new URLSearchParams((exchange.request.url ?? '').split('?')[1] ?? '')
  const id = query.get('id') ?? ''
  if (!ID.test(id)) {
    throw new PaddockError('id_invalid', {
      message: 'Name a request as ?id=<its x-request-id>: 32 hexadecimal digits in five groups.',
      param: 'id',
    })
  }
  const entry = await gateway.books.find(id)
  if (!entry || !maySee(caller, ownerOf(entry))) {
    throw new PaddockError('generation_unknown', {
      message:
        'This key has no request of this id. It may still be running: an entry appears when the answer is whole.',
    })
  }
  sendJson(exchange.response, { status: 200, body: { data: entry }, headers: baseHeaders(exchange) })
}

function ownerOf({ key_id, team_id, organisation_id }: Entry): Owner {
  return { keyId: key_id, teamId: team_id, organisationId: organisation_id }
}
