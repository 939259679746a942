import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { Playback, type Recording } from './playback.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const RECORDING: Recording = {
  status: 200,
  headers: { 'content-type': 'text/plain' },
  parts: [
    { dueMs: 100, text: 'a' },
    { dueMs: 100, text: 'b' },
    { dueMs: 150, text: 'c' },
    { dueMs: 400, text: 'd' },
  ],
}

/** Plays the recording to a sink that writes down what it hears and answers `onData` from `answers`, else with true. */
function play(answers: boolean[] = []): { heard: string[]; playback: Playback } {
  const heard: string[] = []
  const playback = new Playback(
    {
      onHead: (status) => heard.push(`head ${status}`),
      onData: (bytes) => {
        heard.push(Buffer.from(bytes).toString())
        return answers.shift() ?? true
      },
      onEnd: () => heard.push('end'),
      onFailure: ({ kind }) => heard.push(kind),
    },
    systemClock,
  )
  playback.play(RECORDING)
  return { heard, playback }
}

it('gives each part when it is due, and parts that are due together in one', async () => {
  const { heard } = play()
  const after = async (ms: number): Promise<string> => {
    await vi.advanceTimersByTimeAsync(ms)
    return heard.splice(0).join(' ')
  }
  expect([await after(99), await after(1), await after(49), await after(1), await after(249), await after(1)]).toEqual([
    '',
    'head 200 ab',
    '',
    'c',
    '',
    'd end',
  ])
})

it('holds back what falls due while it is paused, the end too', async () => {
  const { heard, playback } = play([false, false])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(heard).toEqual(['head 200', 'ab'])
  playback.resume()
  await vi.advanceTimersByTimeAsync(0)
  expect(heard.slice(2)).toEqual(['cd'])
  playback.resume()
  expect(heard.slice(3)).toEqual([])
  await vi.advanceTimersByTimeAsync(0)
  expect(heard.slice(3)).toEqual(['end'])
})

it('says nothing after a cancel but that it was cancelled, once', async () => {
  const { heard, playback } = play()
  await vi.advanceTimersByTimeAsync(120)
  playback.cancel()
  playback.cancel()
  expect(heard).toEqual(['head 200', 'ab'])
  await vi.advanceTimersByTimeAsync(1_000)
  playback.resume()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(heard).toEqual(['head 200', 'ab', 'cancelled'])
  expect(vi.getTimerCount()).toBe(0)
})

it('does nothing when it is cancelled or resumed after the end', async () => {
  const { heard, playback } = play()
  await vi.advanceTimersByTimeAsync(1_000)
  playback.cancel()
  playback.resume()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(heard.at(-1)).toBe('end')
})
