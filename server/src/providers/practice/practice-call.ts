import { systemClock, type Clock } from '../../base/clock.ts'
import type { CallProvider } from '../call-provider.ts'
import { answerRequest } from './answer.ts'
import { PRACTICE_MODELS } from './models.ts'
import { Playback, type Recording } from './playback.ts'
import { isRefusal, readRequest } from './read-request.ts'
import { recordAnswer, recordRefusal } from './record.ts'
import { openRecordings } from './recordings.ts'

export type PracticeOptions = {
  /** Where the recordings lie: the project's practice/ folder. */
  readonly folder: string
  /** 1 is the pace of the real model, 10 ten times faster, 0 without waiting. */
  readonly speed: number
  readonly clock?: Clock
}

/** The models that can be asked. */
export function practiceModels(): string[] {
  return Object.keys(PRACTICE_MODELS)
}

/**
 * A provider without a network: it answers chat requests with recorded answers of real models, byte for byte as a provider
 * of the OpenAI dialect would send them. Nothing is random; only the ids and the time in an answer differ between calls.
 */
export function practiceCall({ folder, speed, clock = systemClock }: PracticeOptions): CallProvider {
  const recordings = openRecordings(folder)
  let calls = 0

  async function record(body: Uint8Array): Promise<Recording> {
    const request = readRequest(body, practiceModels())
    if (isRefusal(request)) return recordRefusal(request)
    const answer = await answerRequest(request, recordings)
    calls += 1
    const now = clock.now()
    const name = {
      id: `chatcmpl-practice-${now.toString(36)}-${calls}`,
      created: Math.floor(now / 1000),
      model: request.model,
    }
    return recordAnswer(request, answer, { name, speed })
  }

  return ({ body }, sink) => {
    const playback = new Playback(sink, clock)
    record(body).then(
      (recording) => {
        playback.play(recording)
      },
      (error: unknown) => {
        playback.fail({ kind: 'unreachable', message: `The practice recordings cannot be read (${String(error)}).` })
      },
    )
    return playback
  }
}
