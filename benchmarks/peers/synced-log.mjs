import { fdatasync, openSync, write } from 'node:fs'
import { promisify } from 'node:util'

const sync = promisify(fdatasync)
const append = promisify(write)
const turn = promisify(setImmediate)

/** A file of lines; each is on the disk when its callback is called. All that come while one sync is under way share the next. */
export function openSyncedLog(path) {
  const file = openSync(path, 'a')
  let waiting = []
  let running = false

  async function run() {
    running = true
    while (waiting.length > 0) {
      // As long as more comes, one sync for all of it.
      const before = waiting.length
      await turn()
      if (waiting.length > before) continue
      const group = waiting
      waiting = []
      await append(file, Buffer.concat(group.map(({ line }) => line)))
      await sync(file)
      for (const { onDisk } of group) onDisk()
    }
    running = false
  }

  return {
    add: (line, onDisk) => {
      waiting.push({ line, onDisk })
      if (!running) void run()
    },
  }
}
