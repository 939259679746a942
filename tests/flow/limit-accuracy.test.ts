import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startApp } from '../../server/src/app.ts'
import { readConfig } from '../../server/src/base/config.ts'
import { openLog } from '../../server/src/base/log.ts'
import { startFakeProvider, type FakeProvider } from '../fake-provider/start.ts'
import { seeded } from '../seed.ts'
import { MovingClock } from '../stand-ins/moving-clock.ts'
import { tempFolder } from '../stand-ins/temp-folder.ts'

/** How exact the limits are under fifty clients at once: a whole server, on a clock that the test moves. */

type Served = AsyncDisposable & {
  readonly clock: MovingClock
  readonly provider: FakeProvider
  readonly ask: (body?: object, signal?: AbortSignal) => Promise<Response>
}

async function serve(...limits: readonly string[]): Promise<Served> {
  const folder = tempFolder()
  const provider = await startFakeProvider()
  const config = join(folder.path, 'paddock.yaml')
  const lines = [`providers: { lab: { base_url: "${provider.url}", api_key: any } }`, 'limits:', ...limits]
  writeFileSync(config, lines.join('\n'))
  const clock = new MovingClock(Date.parse('2026-11-28T00:00:00Z'))
  const read = (): ReturnType<typeof readConfig> =>
    readConfig({ config, data: join(folder.path, 'data'), port: '0' }, {})
  const app = await startApp(read, { clock, log: openLog('error') })
  return {
    clock,
    provider,
    ask: (body = {}, signal) =>
      fetch(`${app.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${app.firstKeys?.key ?? ''}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'lab/small', messages: [{ role: 'user', content: 'x' }], ...body }),
        signal: signal ?? null,
      }),
    [Symbol.asyncDispose]: async () => {
      await app.stop()
      await provider.close()
      folder[Symbol.dispose]()
    },
  }
}

const CLIENTS = 50
const LIMIT = 100

/** What one request came to: 0 when it was admitted, else how long its client was told to wait. */
async function waitOf(response: Response): Promise<number> {
  await response.text()
  if (response.status === 200) return 0
  expect(response.status).toBe(429)
  return Number(response.headers.get('retry-after-ms'))
}

/** All clients at once, each asking one request after the other. */
async function crowd({ ask }: Served, each: number): Promise<number[]> {
  const client = async (): Promise<number[]> => {
    const waits = []
    for (let asked = 0; asked < each; asked += 1) waits.push(await waitOf(await ask()))
    return waits
  }
  return (await Promise.all(Array.from({ length: CLIENTS }, client))).flat()
}

const admittedOf = (waits: readonly number[]): number => waits.filter((wait) => wait === 0).length

describe('100 requests a minute, asked for by 50 clients at once', () => {
  it('[L1] [L2] admits exactly 100 in each window, and nobody a millisecond early', async () => {
    await using served = await serve(`  keys: { default: { rpm: ${LIMIT} } }`)
    for (let window = 0; window < 3; window += 1) {
      const waits = await crowd(served, 4)
      expect(admittedOf(waits)).toBe(LIMIT)
      const [wait, ...others] = new Set(waits.filter((each) => each > 0))
      // Nothing moves the clock meanwhile, so all are told the same.
      expect(others).toEqual([])
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(60_100)
      served.clock.advance((wait ?? 0) - 1)
      expect(admittedOf(await crowd(served, 1))).toBe(0)
      served.clock.advance(1)
    }
    expect(served.provider.requests()).toHaveLength(3 * LIMIT)
  })

  it('[L2] admits everybody who comes back when told to', async () => {
    await using served = await serve(`  keys: { default: { rpm: ${LIMIT} } }`)
    const waits = (await crowd(served, 3)).filter((wait) => wait > 0)
    expect(waits).toHaveLength(CLIENTS * 3 - LIMIT)
    served.clock.advance(Math.max(...waits))
    expect(admittedOf(await crowd(served, 1))).toBe(CLIENTS)
  })

  it('[L1] never admits more in any minute, wherever it begins, and wastes none where there is demand', async () => {
    const random = seeded()
    await using served = await serve(`  keys: { default: { rpm: ${LIMIT} } }`)
    const admittedAt: number[] = []
    let refused = 0
    for (let step = 0; step < 40; step += 1) {
      const waits = await crowd(served, 1)
      refused += CLIENTS - admittedOf(waits)
      for (let count = admittedOf(waits); count > 0; count -= 1) admittedAt.push(served.clock.elapsed())
      served.clock.advance(random.between(1, 15_000))
    }
    const within = (from: number, ms: number): number => admittedAt.filter((at) => at >= from && at < from + ms).length
    const fullest = Math.max(...admittedAt.map((at) => within(at, 60_000)))
    expect([fullest, refused > 0], `seed ${random.seed}`).toEqual([LIMIT, true])
  })
})

describe('10 requests at once, asked for by 50 clients at once', () => {
  it('[L7] [L8] runs exactly 10, and exactly as many more as have ended', async () => {
    await using served = await serve('  keys: { default: { concurrent: 10 } }', '  waiting: { requests: 0 }')
    const running: AbortController[] = []
    using _all = { [Symbol.dispose]: () => leave(running) }
    /** Streams that do not end by themselves; how many were let in. */
    const rush = async (): Promise<number> => {
      const asked = Array.from({ length: CLIENTS }, async () => {
        const leaving = new AbortController()
        const response = await served.ask({ model: 'lab/small+hang_stream', stream: true }, leaving.signal)
        if (response.status === 200) {
          await response.body?.getReader().read()
          running.push(leaving)
        } else expect(await response.json()).toMatchObject({ error: { code: 'concurrency_limited' } })
        return response.status === 200
      })
      return (await Promise.all(asked)).filter(Boolean).length
    }
    expect([await rush(), await rush()]).toEqual([10, 0])
    leave(running.splice(0, 4))
    let more = 0
    while (more < 4) more += await rush()
    expect([more, await rush()]).toEqual([4, 0])
    expect(served.provider.requests()).toHaveLength(14)
  })
})

function leave(running: readonly AbortController[]): void {
  for (const each of running) each.abort()
}
