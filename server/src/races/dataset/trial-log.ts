import { mkdirSync } from 'node:fs'
import { open, readFile, truncate, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PaddockError } from '../../base/errors.ts'
import type { Question } from '../ask-judge.ts'
import type { Answered } from './ask.ts'

/**
 * What a race did, one JSON object a line, only ever appended and on disk before anything is built on it. A call is written
 * down before it is made: after a crash it is known which calls may have been paid for without their answer being known, and
 * none of them is made again.
 */
export type TrialLog = {
  /** Answers by item and model. */
  readonly trials: ReadonlyMap<string, Trial>
  /** Calls that were begun and whose answer was lost in a crash. */
  readonly lost: ReadonlySet<string>
  /** Resolves when it is on disk that the call is about to be made. */
  begin(place: TrialPlace): Promise<void>
  /** Resolves when the answer is on disk. */
  finish(trial: Trial): Promise<void>
  close(): Promise<void>
}

export type TrialPlace = {
  readonly item: string
  readonly model: string
  readonly copy: number
  /** Set where a judge was asked: about whom, in which order, and whether once more. */
  readonly question?: Question & { readonly about: string }
}

export type Trial = TrialPlace & Answered & { readonly score: number }

type Line = { readonly kind: 'begun'; readonly place: TrialPlace } | { readonly kind: 'trial'; readonly trial: Trial }

export function keyOf({ item, model, copy, question }: TrialPlace): string {
  const asked = question === undefined ? [] : [question.about, question.order, question.attempt]
  return JSON.stringify([item, model, copy, ...asked])
}

/** What was answered, as one text. */
export function textOf({ reply }: Pick<Trial, 'reply'>): string {
  return reply.text || JSON.stringify(reply.calls)
}

/** Opens the log, or makes it. A last line that a crash cut short is dropped. Throws data_unusable when a whole line is damaged. */
export async function openTrialLog(path: string): Promise<TrialLog> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const trials = new Map<string, Trial>()
  const lost = new Set<string>()
  for (const line of await readLines(path)) {
    if (line.kind === 'begun') lost.add(keyOf(line.place))
    else {
      trials.set(keyOf(line.trial), line.trial)
      lost.delete(keyOf(line.trial))
    }
  }
  const file = await open(path, 'a', 0o600)
  const append = groupAppend(file)
  return {
    trials,
    lost,
    begin: (place) => append({ kind: 'begun', place }),
    finish: async (trial) => {
      await append({ kind: 'trial', trial })
      trials.set(keyOf(trial), trial)
    },
    close: () => file.close(),
  }
}

async function readLines(path: string): Promise<Line[]> {
  const bytes = await readFile(path).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code === 'ENOENT') return Buffer.alloc(0)
    throw failure
  })
  const whole = bytes.lastIndexOf(0x0a) + 1
  if (whole < bytes.length) await truncate(path, whole)
  const lines = bytes.subarray(0, whole).toString('utf8').split('\n').slice(0, -1)
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as Line
    } catch (cause) {
      throw new PaddockError('data_unusable', {
        message: `${path}:${index + 1} is damaged. Move the file away to run the race anew.`,
        cause,
      })
    }
  })
}

/** Lines that come while the disk is busy go to it together, by one write and one sync. */
function groupAppend(file: FileHandle): (line: Line) => Promise<void> {
  let waiting: string[] = []
  let flushing = Promise.resolve()
  let next: Promise<void> | null = null
  return (line) => {
    waiting.push(`${JSON.stringify(line)}\n`)
    next ??= flushing.then(async () => {
      const text = waiting.join('')
      waiting = []
      next = null
      await file.appendFile(text)
      await file.datasync()
    })
    // Only order matters here: a failure reaches everybody who waits for it.
    flushing = next.catch(() => undefined)
    return next
  }
}
