import { writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { startFakeProvider } from '../fake-provider/start.ts'
import { openWorkspace, type RunningPaddock } from '../paddock.ts'

/** The configuration changes under load: what is good counts at once, what is not changes nothing, and no request notices. */

type Answer = { readonly status: number; readonly model: string; readonly text: string }

/** Asks over connections that are kept, which costs this process far less than fetch. */
function openAsker({ url, started }: RunningPaddock): Disposable & { ask(body: object): Promise<Answer> } {
  const agent = new Agent({ keepAlive: true })
  const headers = { authorization: `Bearer ${started.firstKeys?.key}`, 'content-type': 'application/json' }
  return {
    ask: (body) =>
      new Promise((resolve, reject) => {
        const asking = request(`${url}/v1/chat/completions`, { agent, method: 'POST', headers }, (response) => {
          response.toArray().then((parts: Buffer[]) => {
            const model = String(response.headers['x-paddock-model'])
            resolve({ status: response.statusCode ?? 0, model, text: Buffer.concat(parts).toString() })
          }, reject)
        })
        asking.on('error', reject)
        asking.end(JSON.stringify(body))
      }),
    [Symbol.dispose]: () => {
      agent.destroy()
    },
  }
}

const RELOADS = 100
const REQUESTS_PER_RELOAD = 100
const AT_ONCE = 50

/** For what happens in another process, on a machine that is busy. */
const PATIENCE = { timeout: 60_000, interval: 10 }

const BROKEN = [
  '',
  'routes: [',
  'routes:\n\t- tab\n',
  'rotues: []\n',
  'routes: [{ name: chat, candidates: [{ model: chat }] }]\n',
  'prices: [{ model: lab/one, currency: CNY, per: 1, input: 0.1e-9, valid_from: never }]\n',
  'providers: { lab: { base_url: "${NOT_SET_ANYWHERE}" } }\n',
]

async function reloads(server: RunningPaddock): Promise<{ taken: number; refused: number }> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const count = (outcome: string): number =>
    Number(new RegExp(`^paddock_config_reloads_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1])
  return { taken: count('taken'), refused: count('refused') }
}

describe('[R22] a hundred changes of the configuration, half of them mistakes', () => {
  it('cost none of ten thousand requests', { timeout: 120_000 }, async () => {
    await using provider = await startFakeProvider()
    const good = (model: string): string =>
      [
        'providers:',
        `  lab: { base_url: "${provider.url}", api_key: any, models: [one, two] }`,
        'prices:',
        '  - { model: lab/one, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
        '  - { model: lab/two, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
        `routes: [{ name: chat, candidates: [{ model: lab/${model} }] }]`,
      ].join('\n')
    await using workspace = openWorkspace(good('one'))
    const server = await workspace.serve()
    expect(await reloads(server)).toEqual({ taken: 0, refused: 0 })

    using asker = openAsker(server)
    const faults: string[] = []
    const answeredBy = new Map<string, number>()
    let [sent, done] = [0, 0]
    const ask = async (): Promise<void> => {
      const stream = sent++ % 2 === 0
      try {
        const answer = await asker.ask({ model: 'chat', stream, messages: [{ role: 'user', content: 'x' }] })
        const { status, model, text } = answer
        const whole = stream ? text.endsWith('data: [DONE]\n\n') : text.includes('"finish_reason":"stop"')
        if (status !== 200 || !whole || !/^(one|two)$/.test(model)) faults.push(`${status} ${text}`)
        answeredBy.set(model, (answeredBy.get(model) ?? 0) + 1)
      } catch (thrown) {
        faults.push(String(thrown))
      }
      done += 1
    }
    const load = Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (sent < RELOADS * REQUESTS_PER_RELOAD) await ask()
      }),
    )

    for (let reload = 0; reload < RELOADS; reload += 1) {
      const before = await reloads(server)
      const isGood = reload % 2 === 1
      const outcome = isGood ? 'taken' : 'refused'
      const text = isGood ? good(reload % 4 === 1 ? 'two' : 'one') : BROKEN[(reload / 2) % BROKEN.length]
      writeFileSync(join(workspace.folder, 'paddock.yaml'), text ?? '')
      server.kill('SIGHUP')
      await vi.waitFor(async () => {
        expect((await reloads(server))[outcome]).toBeGreaterThan(before[outcome])
      }, PATIENCE)
      // The load is spread over the reloads, so that requests are under way in each.
      await vi.waitFor(() => {
        expect(done).toBeGreaterThan(reload * REQUESTS_PER_RELOAD - AT_ONCE)
      }, PATIENCE)
    }
    await load

    expect(faults).toEqual([])
    expect(done).toBe(RELOADS * REQUESTS_PER_RELOAD)
    // Each of the good ones counted: both models answered their share.
    expect(answeredBy.get('one')).toBeGreaterThan(done / 10)
    expect(answeredBy.get('two')).toBeGreaterThan(done / 10)
    const { taken, refused } = await reloads(server)
    expect(taken).toBeGreaterThanOrEqual(RELOADS / 2)
    expect(refused).toBeGreaterThanOrEqual(RELOADS / 2)
    const entries = await workspace.entries('--limit', '20000')
    expect(entries).toHaveLength(done)
    expect(new Set(entries.map(({ state }) => state))).toEqual(new Set(['ok']))
  })
})

describe('[R22] a change that is taken', () => {
  it('says in the log what is odd about it', async () => {
    await using provider = await startFakeProvider()
    const providers = `providers:\n  lab: { base_url: "${provider.url}", api_key: any, models: [one] }\n`
    await using workspace = openWorkspace(providers)
    const server = await workspace.serve()
    writeFileSync(
      join(workspace.folder, 'paddock.yaml'),
      `${providers}routes:\n  - { name: chat, candidates: [{ model: lab/one }, { model: openai/gpt-4o }] }\n`,
    )
    server.kill('SIGHUP')
    await vi.waitFor(() => {
      expect(server.log()).toMatch(/openai\/gpt-4o is not used by route chat.*"config\.warning"/)
    }, PATIENCE)
  })

  it('[R14] forgets that a provider was out of money when its key is another one', async () => {
    await using provider = await startFakeProvider()
    const yaml = (key: string, models: string): string =>
      `providers:\n  lab: { base_url: "${provider.url}", api_key: ${key}, models: [${models}] }\n`
    await using workspace = openWorkspace(yaml('poor', '"a+402"'))
    const server = await workspace.serve()
    const ask = async (model: string): Promise<number> => {
      const answer = await server.post({ model, messages: [{ role: 'user', content: 'x' }] })
      await answer.text()
      return answer.status
    }
    const change = async (text: string): Promise<void> => {
      const { taken } = await reloads(server)
      writeFileSync(join(workspace.folder, 'paddock.yaml'), text)
      server.kill('SIGHUP')
      await vi.waitFor(async () => {
        expect((await reloads(server)).taken).toBeGreaterThan(taken)
      }, PATIENCE)
    }
    expect(await ask('lab/a+402')).toBe(402)
    await change(yaml('poor', '"a+402", b'))
    // The key rests, for all models: nobody was called.
    expect(await ask('lab/b')).toBe(402)
    expect(provider.requests()).toHaveLength(1)
    await change(yaml('rich', '"a+402", b'))
    expect(await ask('lab/b')).toBe(200)
  })
})
