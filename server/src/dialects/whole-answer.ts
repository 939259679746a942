import { PaddockError } from '../base/errors.ts'
import { collectAnswer } from './collect-answer.ts'
import type { ReadContext } from './dialect.ts'
import type { JsonText, JsonValue } from './json-text.ts'
import type { NeutralAnswer, NeutralEvent } from './neutral.ts'
import { holdsError, readError } from './provider-error.ts'
import { readProviderJson } from './provider-json.ts'
import { NOTHING_SEEN, type Seen } from './relay.ts'
import type { UsageReading } from './usage-reading.ts'

/** Whole answers: in every dialect one JSON object that is an error, or has what makes it an answer. */

/** How the answers of a dialect look. */
export type AnswerShape = {
  /** The member no answer is without, for errors. */
  readonly needed: string
  isAnswer(root: JsonValue): boolean
  /** What its stream would have said. */
  read(json: JsonText): Iterable<NeutralEvent>
}

/** Some providers report a failure with status 200. Throws provider_bad_answer for what is neither. */
export function readWholeAnswer(bytes: Buffer, { provider }: ReadContext, shape: AnswerShape): NeutralAnswer {
  const json = readProviderJson(bytes, provider)
  if (holdsError(json.root)) return collectAnswer([{ kind: 'error', error: readError(200, bytes) }])
  needAnswer(json, provider, shape)
  return collectAnswer(shape.read(json))
}

/** What to see in an answer that passes. */
export type AnswerSight = Omit<AnswerShape, 'read'> & {
  readonly id: (root: JsonValue) => string | null
  readonly model: (root: JsonValue) => string | null
  readonly usage: (root: JsonValue, context: ReadContext) => UsageReading | null
  readonly written: (root: JsonValue) => string
}

/**
 * What the books want to know of an answer that passes as it is. What the model wrote is read only when somebody asks for
 * it, which is where the provider told no usage. Throws as `readWholeAnswer` does.
 */
export function seeWholeAnswer(bytes: Buffer, context: ReadContext, sight: AnswerSight): Seen {
  const { provider } = context
  const json = readProviderJson(bytes, provider)
  const { root } = json
  if (holdsError(root)) return { ...NOTHING_SEEN, events: 1, error: readError(200, bytes) }
  needAnswer(json, provider, sight)
  return new SeenAnswer(root, context, sight)
}

class SeenAnswer implements Seen {
  readonly id: string | null
  readonly model: string | null
  readonly usage: UsageReading | null
  readonly events = 1
  readonly error = null
  readonly hasEnded = true
  private readonly root: JsonValue
  private readonly sight: AnswerSight

  constructor(root: JsonValue, context: ReadContext, sight: AnswerSight) {
    this.id = sight.id(root)
    this.model = sight.model(root)
    this.usage = sight.usage(root, context)
    this.root = root
    this.sight = sight
  }

  get written(): string {
    return this.sight.written(this.root)
  }

  get writtenBytes(): number {
    return Buffer.byteLength(this.written)
  }
}

function needAnswer(
  { root }: JsonText,
  provider: string,
  { needed, isAnswer }: Pick<AnswerShape, 'needed' | 'isAnswer'>,
): void {
  if (isAnswer(root)) return
  throw new PaddockError('provider_bad_answer', {
    message: `${provider} sent JSON that is no answer: it has no ${needed}.`,
  })
}
