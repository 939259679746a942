import { PaddockError } from '../base/errors.ts'
import type { OpenAnswer } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { readWhole } from './open-call.ts'
import { badAnswer, failureOfBody, failureOfCall } from './provider-failure.ts'
import { nothingRelayed, relayed, type Relayed } from './relayed.ts'

/** A whole answer may have this many bytes; the longest texts are a few, images in answers are more. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024

/** Takes a whole answer and holds all of it back: its last byte may not go out before its entry is safe. */
export async function relayWhole(
  gateway: Gateway,
  exchange: Exchange,
  { answer }: { answer: OpenAnswer },
): Promise<Relayed> {
  const { facts } = answer.target.provider
  const body = await readWhole(answer.call, ANSWER_BYTES_MAX)
  exchange.whenGone(null)
  if (body === null) {
    return nothingRelayed(badAnswer(facts.id, `the answer has more than ${ANSWER_BYTES_MAX} bytes.`), false)
  }
  if (!Buffer.isBuffer(body)) return nothingRelayed(failureOfCall(facts.id, body), body.kind === 'idle_timeout')
  try {
    return readRelayed(body, answer, gateway.clock.elapsed())
  } catch (thrown) {
    return nothingRelayed(thrown instanceof PaddockError ? thrown : badAnswer(facts.id, 'it cannot be read.'), false)
  }
}

/** Throws provider_bad_answer for what is not an answer, and what an error means that came with status 200. */
function readRelayed(body: Buffer, { target, translation }: OpenAnswer, elapsed: number): Relayed {
  const whole = translation.readAnswer(body)
  const { seen } = whole
  if (seen.error) throw failureOfBody(target.provider.facts, seen.error)
  return relayed(seen, {
    failure: null,
    timedOut: false,
    held: (counted) => whole.held(counted),
    firstByteElapsed: elapsed,
  })
}
