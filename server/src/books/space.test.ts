import { afterEach, expect, it, vi } from 'vitest'
import { MemoryDisk } from '../../../tests/stand-ins/memory-disk.ts'
import { deferred } from './deferred.ts'
import { Space } from './space.ts'

afterEach(() => {
  vi.useRealTimers()
})

it('[B21] whoever waits for a look at a full disk goes on when nobody looks any more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const disk = new MemoryDisk({ capacity: 0 })
  const measured = deferred<number>()
  disk.freeBytes = () => measured.promise
  const space = await Space.open({ files: disk, ballastBytes: 1, onEvent: () => undefined })
  expect(space.full).toBe(true)

  vi.advanceTimersToNextTimer()
  space.close()
  measured.resolve(0)
  await vi.advanceTimersByTimeAsync(0)
  await expect(space.nextLook()).resolves.toBeUndefined()
  expect(vi.getTimerCount()).toBe(0)
})
