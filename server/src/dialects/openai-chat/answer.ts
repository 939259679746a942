import { PaddockError } from '../../base/errors.ts'
import type { JsonText, JsonValue } from '../json-text.ts'
import { completionId, completionModel, completionText, completionUsage, finishReasons } from './completion.ts'
import { readProviderJson } from '../provider-json.ts'
import { holdsError, readError, type ProviderError } from '../provider-error.ts'

/** A whole answer of a provider, read for the books; the bytes themselves are passed on. */
export type ChatAnswer = {
  readonly json: JsonText
  /** Some providers report a failure with status 200. */
  readonly error: ProviderError | null
  readonly id: string | null
  readonly model: string | null
  readonly usage: JsonValue | null
  readonly finishReasons: readonly string[]
}

/** Throws provider_bad_answer when the bytes are not one JSON object with choices, or with an error. */
export function readAnswer(bytes: Buffer): ChatAnswer {
  const json = readProviderJson(bytes)
  const { root } = json
  const error = holdsError(root) ? readError(200, bytes) : null
  if (error === null && root.member('choices')?.kind !== 'array') {
    throw new PaddockError('provider_bad_answer', {
      message: 'The provider sent JSON that is no answer: it has no choices.',
    })
  }
  return {
    json,
    error,
    id: completionId(root),
    model: completionModel(root),
    usage: completionUsage(root),
    finishReasons: finishReasons(root),
  }
}

/** All that the model wrote, for counting. */
export function answerText(answer: ChatAnswer): string {
  return completionText(answer.json.root)
}
