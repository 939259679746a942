import { estimateTokens } from '../../dialects/token-count.ts'
import { pieces } from './pieces.ts'
import type { PracticeMessage, PracticeRequest } from './read-request.ts'
import type { AskedProblem, Recordings } from './recordings.ts'
import { practiceReply } from './reply.ts'

/** What is answered, in the pieces it is streamed in. */
export type PracticeAnswer = {
  readonly pieces: readonly string[]
  readonly promptTokens: number
  readonly completionTokens: number
  readonly finishReason: 'stop' | 'length'
}

/** Tokens that frame each message, and the beginning of the answer, in the chat format of o200k_base. */
const MESSAGE_TOKENS = 4
const ANSWER_START_TOKENS = 3

/** The recorded answer to the problem in the last user message, or a practice reply when it holds none. */
export async function answerRequest(request: PracticeRequest, recordings: Recordings): Promise<PracticeAnswer> {
  const asked = request.messages.findLast(({ role }) => role === 'user') ?? null
  const problem = asked === null ? null : await recordings.findProblem(asked.text)
  const { text, tokens } =
    problem === null ? reply(request, asked) : await recordings.readAnswer(request.model, problem.index)
  const promptTokens = countPrompt(request.messages, { asked, problem })
  return { promptTokens, ...cutAt(request.maxTokens, { text, tokens }) }
}

function reply(request: PracticeRequest, asked: PracticeMessage | null): { text: string; tokens: number } {
  const text = practiceReply({ model: request.model, asked: asked?.text ?? '', offersTools: request.offersTools })
  return { text, tokens: pieces(text).length }
}

/** Recorded texts were counted; all others are estimated. */
function countPrompt(
  messages: readonly PracticeMessage[],
  { asked, problem }: { asked: PracticeMessage | null; problem: AskedProblem | null },
): number {
  const count = (message: PracticeMessage): number =>
    message === asked && problem !== null ? problem.tokens : estimateTokens(Buffer.byteLength(message.text))
  return messages.reduce((sum, message) => sum + MESSAGE_TOKENS + count(message), ANSWER_START_TOKENS)
}

/** Pieces are not quite tokens, so an answer that must be shorter keeps as large a share of its pieces as of its tokens. */
function cutAt(
  maxTokens: number | null,
  { text, tokens }: { text: string; tokens: number },
): Pick<PracticeAnswer, 'pieces' | 'completionTokens' | 'finishReason'> {
  const all = pieces(text)
  if (maxTokens === null || tokens <= maxTokens) return { pieces: all, completionTokens: tokens, finishReason: 'stop' }
  const kept = Math.ceil((all.length * maxTokens) / tokens)
  return { pieces: all.slice(0, kept), completionTokens: maxTokens, finishReason: 'length' }
}
