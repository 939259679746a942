import { PaddockError } from '../../base/errors.ts'
import type { Passed, PayloadEvent } from '../../dialects/dialect.ts'
import type { NeutralEvent } from '../../dialects/neutral.ts'
import { PROVIDER_JSON, readJson, type JsonText } from '../../dialects/json-text.ts'
import { memberText } from '../../dialects/json-read.ts'
import { keyHeader } from '../../dialects/key-header.ts'
import { holdsError, readError } from '../../dialects/provider-error.ts'
import { dialectFacts } from '../../providers/provider.ts'
import { PassingRelay, type Seen } from '../../dialects/relay.ts'
import type { Translation } from '../../dialects/translation.ts'
import type { Attempt } from '../../routing/attempts.ts'
import type { Exchange } from '../exchange.ts'
import type { TaskOrder, TaskRequest } from './task.ts'

/** Vectors are long lists of numbers: an answer as large as one may be has so many. */
const ANSWER_JSON = { ...PROVIDER_JSON, itemsMax: 20_000_000, nodesMax: 20_000_000 }

/** There is nothing to translate: the request goes as it is, the answer comes as it is, and is only looked at. */
export function translateTask(
  exchange: Exchange,
  { task, asked }: TaskOrder,
  { target, apiKey }: Pick<Attempt, 'target' | 'apiKey'>,
): Translation {
  const { facts } = target.provider
  const { contentType, bytes } = asked.write(target.model)
  const key = facts.auth === 'none' ? null : apiKey
  return {
    path: facts.tasks?.[task.name] ?? '',
    headers: {
      'content-type': contentType,
      ...keyHeader(key, dialectFacts(facts), 'authorization'),
    },
    body: bytes,
    ignored: [],
    openStream: () => passEvents(exchange, asked),
    readAnswer: (answer) => ({ held: () => answer, seen: lookAt(answer, asked) }),
  }
}

/** What an answer says of itself. One that is not JSON says nothing. */
function lookAt(answer: Buffer, request: TaskRequest): Seen {
  const seen = {
    id: null,
    model: null,
    usage: null,
    written: '',
    writtenBytes: 0,
    events: 1,
    error: null,
    hasEnded: true,
  }
  if (!request.form.takes('application/json')) return seen
  const { root } = readAnswer(answer)
  if (holdsError(root)) return { ...seen, error: readError(200, answer), hasEnded: false }
  return {
    ...seen,
    id: memberText(root, 'id') || null,
    model: memberText(root, 'model') || null,
    measures: request.told(root),
  }
}

function readAnswer(bytes: Buffer): JsonText {
  try {
    return readJson(bytes, ANSWER_JSON)
  } catch (cause) {
    const why = cause instanceof PaddockError ? cause.message : ''
    throw new PaddockError('provider_bad_answer', {
      message: `The provider's answer is not a JSON object. ${why}`,
      cause,
    })
  }
}

function passEvents(exchange: Exchange, request: TaskRequest): PassingRelay {
  const { id, dialect } = exchange
  return new PassingRelay({
    pass: { pass: (event) => ({ bytes: event.raw, events: readEvent(event, request), written: '' }) satisfies Passed },
    writeErrorEvent: (error) => dialect.writeErrorEvent(error, id),
    keeper: null,
    writer: null,
  })
}

/** The last event of a stream says that all is done or completed, and what it took. */
function readEvent({ data }: PayloadEvent, request: TaskRequest): readonly NeutralEvent[] {
  if (data.toString('latin1').trim() === '[DONE]') return [{ kind: 'end' }]
  const { root } = readAnswer(data)
  if (holdsError(root)) return [{ kind: 'error', error: readError(200, data) }]
  if (!/\.(?:done|completed)$/.test(memberText(root, 'type'))) return []
  const told = request.told(root).find(({ source }) => source === 'provider')
  const usage: NeutralEvent[] =
    told === undefined ? [] : [{ kind: 'usage', reading: { kind: 'usage', usage: told.usage } }]
  return [...usage, { kind: 'end' }]
}
