import { PaddockError } from '../base/errors.ts'
import { sendJson } from '../base/http.ts'
import { maySee, type Owner } from '../callers/authorize.ts'
import type { Entry } from '../books/entry.ts'
import { needKeyAllowed, needKind, needMember, needNumber, needText, needTextUpTo, refuse } from '../dialects/check.ts'
import { memberPresent } from '../dialects/json-read.ts'
import { readJson, type JsonValue } from '../dialects/json-text.ts'
import { authenticate } from './authenticate.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { needBytes, readBody } from './read-body.ts'
import { baseHeaders } from './reply.ts'

const BODY_BYTES_MAX = 16_384
const COMMENT_LENGTH_MAX = 2_000
const ID_LENGTH_MAX = 64
const THUMBS_LENGTH_MAX = 16
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * POST /v1/feedback: what somebody thinks of an answer. `{"request_id": …}` with `"thumbs": "up"` or `"down"`, or with
 * `"score"` from 0 to 1. Saying it again replaces what was said before. Who may see a request may rate it: its own key, with
 * the scope read the team's, with admin the organisation's.
 */
export async function takeFeedback(gateway: Gateway, exchange: Exchange): Promise<void> {
  const caller = await authenticate(gateway, exchange, 'call')
  const body = await readBody(exchange.request, exchange.response, BODY_BYTES_MAX)
  needBytes(body)
  const { root } = readJson(body)
  needKind(root, ['object'])
  for (const { key, value } of root.members()) needKeyAllowed(key, value)
  const id = needText(needMember(root, 'request_id', 'Give the x-request-id of an answer.'), ID_LENGTH_MAX)
  const value = readValue(root)
  const comment = readComment(root)
  const entry = ID.test(id) ? await gateway.books.find(id) : null
  if (!entry || !maySee(caller, ownerOf(entry))) {
    throw new PaddockError('generation_unknown', {
      message:
        'This key has no request of this id. It may still be running: an answer can be rated when it is whole. The id is in the header x-request-id of the answer.',
      param: '/request_id',
    })
  }
  const reviewer = caller.userId === null ? `key:${caller.keyId}` : `user:${caller.userId}`
  await gateway.trials.rate(entry, { reviewer, value, comment })
  sendJson(exchange.response, {
    status: 200,
    body: { object: 'feedback', request_id: id, score: value, comment },
    headers: baseHeaders(exchange),
  })
}

/** One number of what was said: a thumb is 1 or 0. */
function readValue(root: JsonValue): number {
  const thumbs = memberPresent(root, 'thumbs')
  const score = memberPresent(root, 'score')
  if ((thumbs === undefined) === (score === undefined)) {
    const fault = thumbs === undefined ? 'field_missing' : 'value_unknown'
    throw refuse(fault, root, 'needs either "thumbs" ("up" or "down") or "score" (a number from 0 to 1), and not both.')
  }
  if (score !== undefined) {
    needNumber(score, { min: 0, max: 1 })
    return score.number()
  }
  const said = thumbs === undefined ? '' : needText(thumbs, THUMBS_LENGTH_MAX)
  if (said === 'up') return 1
  if (said === 'down') return 0
  throw refuse('value_unknown', thumbs ?? root, `takes "up" or "down"; got ${JSON.stringify(said)}.`)
}

function readComment(root: JsonValue): string | null {
  const comment = memberPresent(root, 'comment')
  if (comment === undefined) return null
  needTextUpTo(comment, COMMENT_LENGTH_MAX)
  return comment.text()
}

function ownerOf({ key_id, team_id, organisation_id }: Entry): Owner {
  return { keyId: key_id, teamId: team_id, organisationId: organisation_id }
}
