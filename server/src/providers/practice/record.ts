import type { PracticeAnswer } from './answer.ts'
import { streamedCompletion, wholeCompletion, type CompletionName } from './completion.ts'
import { PRACTICE_MODELS, type PracticeModel } from './models.ts'
import type { Recording } from './playback.ts'
import type { PracticeRequest, Refusal } from './read-request.ts'

/** A refusal, due at once. */
export function recordRefusal({ status, body }: Refusal): Recording {
  return { status, headers: { 'content-type': 'application/json' }, parts: [{ dueMs: 0, text: body }] }
}

/** An answer with the times its parts are due, in the spelling and at the speed of the request. */
export function recordAnswer(
  request: PracticeRequest,
  answer: PracticeAnswer,
  { name, speed }: { name: CompletionName; speed: number },
): Recording {
  const dueMs = pace(answer, { model: PRACTICE_MODELS[request.model], speed })
  const count = answer.pieces.length
  if (!request.stream) {
    const parts = [{ dueMs: dueMs(count), text: wholeCompletion(name, answer) }]
    return { status: 200, headers: headers(name, 'application/json'), parts }
  }
  const { start, pieces, end } = streamedCompletion(name, answer, request)
  const parts = [
    { dueMs: dueMs(0), text: start },
    ...pieces.map((text, index) => ({ dueMs: dueMs(index), text })),
    { dueMs: dueMs(count), text: end },
  ]
  return { status: 200, headers: headers(name, 'text/event-stream; charset=utf-8'), parts }
}

/** When the piece of each index is due: the tokens come evenly, and the pieces share the time they take. */
function pace(
  answer: PracticeAnswer,
  { model, speed }: { model: PracticeModel | undefined; speed: number },
): (index: number) => number {
  if (speed === 0 || model === undefined) return () => 0
  const wholeMs = (answer.completionTokens / model.tokensPerSecond) * 1000
  const pieceMs = wholeMs / Math.max(answer.pieces.length, 1)
  return (index) => (model.firstTokenMs + index * pieceMs) / speed
}

function headers(name: CompletionName, contentType: string): Record<string, string> {
  return { 'content-type': contentType, 'x-request-id': name.id.replace('chatcmpl', 'req') }
}
