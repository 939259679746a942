import type { PracticeAnswer } from './answer.ts'

/** What names one completion. */
export type CompletionName = { readonly id: string; readonly created: number; readonly model: string }

const FINGERPRINT = 'fp_practice'

/** A completion as the OpenAI API writes it whole. */
export function wholeCompletion(name: CompletionName, answer: PracticeAnswer): string {
  const message = { role: 'assistant', content: answer.pieces.join(''), refusal: null }
  return JSON.stringify({
    id: name.id,
    object: 'chat.completion',
    created: name.created,
    model: name.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: answer.finishReason }],
    usage: usageOf(answer),
    system_fingerprint: FINGERPRINT,
  })
}

/** A completion as the OpenAI API streams it: what comes before the pieces, each piece, and what comes after them. */
export type StreamedCompletion = { readonly start: string; readonly pieces: readonly string[]; readonly end: string }

export function streamedCompletion(
  name: CompletionName,
  answer: PracticeAnswer,
  { includeUsage }: { includeUsage: boolean },
): StreamedCompletion {
  const event = (choices: readonly object[], usage: object | null): string =>
    `data: ${JSON.stringify({
      id: name.id,
      object: 'chat.completion.chunk',
      created: name.created,
      model: name.model,
      system_fingerprint: FINGERPRINT,
      choices,
      // Whoever asks for the usage sees the field in every chunk, and a value in the last one.
      ...(includeUsage ? { usage } : {}),
    })}\n\n`
  const delta = (content: object, finishReason: string | null = null): string =>
    event([{ index: 0, delta: content, logprobs: null, finish_reason: finishReason }], null)
  const usage = includeUsage ? event([], usageOf(answer)) : ''
  return {
    start: delta({ role: 'assistant', content: '', refusal: null }),
    pieces: answer.pieces.map((piece) => delta({ content: piece })),
    end: `${delta({}, answer.finishReason)}${usage}data: [DONE]\n\n`,
  }
}

function usageOf({ promptTokens, completionTokens }: PracticeAnswer): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
