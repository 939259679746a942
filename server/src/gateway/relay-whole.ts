import { PaddockError } from '../base/errors.ts'
import { answerText, readAnswer } from '../dialects/openai-chat/answer.ts'
import { readUsage } from '../dialects/openai-chat/usage.ts'
import type { Provider } from '../providers/provider.ts'
import type { OpenAnswer } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { readWhole } from './open-call.ts'
import { badAnswer, failureOfCall } from './provider-failure.ts'
import { nothingRelayed, type Relayed } from './relayed.ts'
import type { Plan } from './route.ts'

/** A whole answer may have this many bytes; the longest texts are a few, images in answers are more. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024

/** Takes a whole answer and holds all of it back: its last byte may not go out before its entry is safe. */
export async function relayWhole(
  gateway: Gateway,
  exchange: Exchange,
  { answer }: { plan: Plan; answer: OpenAnswer },
): Promise<Relayed> {
  const { facts } = answer.target.provider
  if (facts.abortBills !== 'full') {
    exchange.whenGone(() => {
      answer.call.cancel()
    })
  }
  const body = await readWhole(answer.call, ANSWER_BYTES_MAX)
  exchange.whenGone(null)
  if (body === null)
    return nothingRelayed(badAnswer(facts.id, `the answer has more than ${ANSWER_BYTES_MAX} bytes.`), false)
  if (!Buffer.isBuffer(body)) return nothingRelayed(failureOfCall(facts.id, body), body.kind === 'idle_timeout')

  try {
    return relayed(body, facts, gateway.clock.elapsed())
  } catch (thrown) {
    return nothingRelayed(thrown instanceof PaddockError ? thrown : badAnswer(facts.id, 'it cannot be read.'), false)
  }
}

/** Throws provider_bad_answer for what is not an answer, provider_error for an error that came with status 200. */
function relayed(body: Buffer, facts: Provider, elapsed: number): Relayed {
  const answer = readAnswer(body)
  if (answer.error) throw new PaddockError('provider_error', { message: `${facts.id} says: ${answer.error.message}` })
  const reading = answer.usage === null ? null : readUsage(answer.usage, facts.usage)
  return {
    failure: null,
    timedOut: false,
    usage: reading?.kind === 'usage' ? reading.usage : null,
    usageProblem: reading?.kind === 'problem' ? reading.problem : null,
    begun: true,
    producedText: () => answerText(answer),
    answeredModel: answer.model,
    providerRequestId: answer.id,
    firstByteElapsed: elapsed,
    heldBytes: body,
  }
}
