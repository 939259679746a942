import { PaddockError } from '../base/errors.ts'
import { collectAnswer } from './collect-answer.ts'
import type { ReadContext } from './dialect.ts'
import type { JsonText, JsonValue } from './json-text.ts'
import type { NeutralAnswer, NeutralEvent } from './neutral.ts'
import { holdsError, readError } from './provider-error.ts'
import { readProviderJson } from './provider-json.ts'

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
  const { root } = json
  if (holdsError(root)) return collectAnswer([{ kind: 'error', error: readError(200, bytes) }])
  if (!shape.isAnswer(root)) {
    throw new PaddockError('provider_bad_answer', {
      message: `${provider} sent JSON that is no answer: it has no ${shape.needed}.`,
    })
  }
  return collectAnswer(shape.read(json))
}
