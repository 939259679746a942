import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmdirSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startFakeProvider } from '../fake-provider/start.ts'
import { openWorkspace, type RunningPaddock } from '../paddock.ts'

/** A real disk that really fills up: a small one in memory, which only root may make. */

const DISK_MEBIBYTES = 64

function mountDisk(): { path: string; [Symbol.dispose](): void } | null {
  const path = mkdtempSync(join(tmpdir(), 'paddock-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MEBIBYTES}m`, 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    rmdirSync(path)
    return null
  }
  return {
    path,
    [Symbol.dispose]: () => {
      execFileSync('umount', ['-l', path])
      rmdirSync(path)
    },
  }
}

const disk = mountDisk()
disk?.[Symbol.dispose]()
// Where nobody may mount a disk the same is tested with a simulated one, beside the journal; CI must be able to.
const canMount = disk !== null || process.env['CI'] !== undefined

type Answer = { status: number; code: string | null; id: string; whole: boolean }

async function ask(server: RunningPaddock, stream: boolean): Promise<Answer> {
  const response = await server.post({
    model: 'lab/small',
    stream,
    messages: [{ role: 'user', content: 'x'.repeat(100) }],
  })
  const text = await response.text()
  return {
    status: response.status,
    code: /"code":"(\w+)"/.exec(text)?.[1] ?? null,
    id: response.headers.get('x-request-id') ?? '',
    whole: stream ? text.endsWith('[DONE]\n\n') : response.ok,
  }
}

describe.runIf(canMount)('a full disk', () => {
  it(
    'refuses new requests, loses no answered one, and serves again by itself when there is room',
    { timeout: 120_000 },
    async () => {
      using mounted = mountDisk()
      if (!mounted) throw new Error('a disk could not be mounted')
      await using provider = await startFakeProvider()
      await using workspace = openWorkspace(
        [
          'providers:',
          `  lab: { base_url: "${provider.url}", api_key: any, models: [small], currency: CNY }`,
          'prices:',
          '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
        ].join('\n'),
      )
      const data = join(mounted.path, 'data')
      const server = await workspace.serve({ environment: { PADDOCK_DATA: data } })
      const answered = [await ask(server, false)]
      expect(answered[0]?.status).toBe(200)

      const filler = join(mounted.path, 'filler')
      fillUp(filler)
      let refused: Answer | undefined
      for (let round = 0; refused === undefined && round < 2_000; round += 1) {
        const answers = await Promise.all(Array.from({ length: 24 }, (_, index) => ask(server, index % 2 === 0)))
        answered.push(...answers.filter(({ whole }) => whole))
        refused = answers.find(({ status }) => status !== 200)
      }
      expect(refused).toMatchObject({ status: 503, code: 'storage_full' })
      expect((await fetch(`${server.url}/readyz`)).status).toBe(503)

      unlinkSync(filler)
      let served = await ask(server, false)
      for (let tries = 0; served.status !== 200 && tries < 2_000; tries += 1) {
        expect(served.code).toBe('storage_full')
        await new Promise((resolve) => setTimeout(resolve, 10))
        served = await ask(server, false)
      }
      expect(served.status).toBe(200)
      answered.push(served)

      server.kill('SIGTERM')
      expect(await server.exited).toBe(0)
      const { out } = await workspace.run(['books', 'entries', '--json'], { PADDOCK_DATA: data })
      const entries = new Set(
        out
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => (JSON.parse(line) as { id: string }).id),
      )
      expect(answered.filter(({ id }) => !entries.has(id))).toEqual([])
      expect((await workspace.run(['books', 'verify'], { PADDOCK_DATA: data })).code).toBe(0)
    },
  )
})

/** Writes until not a page is free. */
function fillUp(filler: string): void {
  const file = openSync(filler, 'w')
  for (const size of [1 << 20, 1 << 12]) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size))
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code !== 'ENOSPC') throw failure
    }
  }
  closeSync(file)
}
