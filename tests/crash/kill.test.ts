import { setTimeout as after } from 'node:timers/promises'
import type { EntryRecord } from '@paddock/contract/entry'
import { describe, expect, it } from 'vitest'
import { startFakeProvider, type FakeProvider } from '../fake-provider/start.ts'
import { openWorkspace, type RunningPaddock, type Workspace } from '../paddock.ts'
import { seeded, type Seeded } from '../seed.ts'

/**
 * The promise that everything else rests on: kill the process at any instant, and every answered request has exactly one
 * entry with the right amount, and every call to the provider has an entry. The provider's own bill is the judge.
 */

const KILLS = 45
const CLIENTS = 24
const RATES = { input: 3n, cached: 1n, output: 7n } // CNY for a million tokens

type Asked = { readonly tag: string; readonly answered: boolean }

describe('[G4] killed with -9 again and again under load', () => {
  it(`loses nothing, doubles nothing and misprices nothing in ${KILLS} kills`, { timeout: 400_000 }, async () => {
    const random = seeded()
    await using provider = await startFakeProvider()
    await using workspace = openWorkspace(configFor(provider))
    const { key } = await workspace.makeKey()
    const asked: Asked[] = []

    for (let kill = 0; kill < KILLS; kill += 1) {
      const server = await workspace.serve()
      const load = Array.from({ length: CLIENTS }, (_, client) =>
        callUntilKilled({ server, key, random, name: `k${kill}c${client}` }, asked),
      )
      await after(random.between(20, 350))
      server.kill('SIGKILL')
      expect(await server.exited).toBe('SIGKILL')
      await Promise.all(load)
    }

    await provider.idle()
    await settleWhatIsLeft(workspace)
    judge({ asked, entries: await workspace.entries(), provider, seed: random.seed })
    const { code, out } = await workspace.run(['books', 'verify', '--json'])
    expect(JSON.parse(out)).toMatchObject({ ok: true })
    expect(code).toBe(0)
  })
})

/** A start recovers, a stop drains. */
async function settleWhatIsLeft(workspace: Workspace): Promise<void> {
  const server = await workspace.serve()
  server.kill('SIGTERM')
  expect(await server.exited).toBe(0)
}

function configFor(provider: FakeProvider): string {
  return [
    'providers:',
    `  lab: { base_url: "${provider.url}", api_key: any, models: [small], currency: CNY }`,
    'prices:',
    `  - { model: lab/small, currency: CNY, per: 1000000, input: "${RATES.input}", cached_input: "${RATES.cached}", output: "${RATES.output}", valid_from: 2024-01-01 }`,
  ].join('\n')
}

type Load = { readonly server: RunningPaddock; readonly key: string; readonly random: Seeded; readonly name: string }

async function callUntilKilled({ server, key, random, name }: Load, asked: Asked[]): Promise<void> {
  for (let count = 0; ; count += 1) {
    const tag = `${name}n${count}`
    const stream = random.below(2) === 0
    const promptTokens = random.between(1, 5_000)
    const request = {
      model: 'lab/small',
      messages: [{ role: 'user', content: 'a question' }],
      stream,
      user: tag,
      'x-fake': {
        chunks: random.between(1, 30),
        chunkDelayMs: random.below(4),
        firstDelayMs: random.below(10),
        promptTokens,
        cachedTokens: random.below(promptTokens),
        reasoning: random.below(5),
      },
    }
    try {
      const response = await server.post(request, { key, headers: { 'x-title': tag } })
      const text = await response.text()
      const whole = stream ? text.endsWith('data: [DONE]\n\n') : isJson(text)
      asked.push({ tag, answered: response.ok && whole })
    } catch {
      // The connection broke: this is what a kill looks like from outside.
      asked.push({ tag, answered: false })
      return
    }
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

type Evidence = {
  readonly asked: Asked[]
  readonly entries: EntryRecord[]
  readonly provider: FakeProvider
  readonly seed: number
}

function judge({ asked, entries, provider, seed }: Evidence): void {
  const message = `seed ${seed}`
  const byTag = new Map<string, EntryRecord[]>()
  for (const entry of entries) byTag.set(entry.app ?? '', [...(byTag.get(entry.app ?? '') ?? []), entry])
  const bill = new Map(provider.bill().map((call) => [call.tag, call]))
  const answered = asked.filter((each) => each.answered).map(({ tag }) => tag)

  const lost = answered.filter((tag) => !byTag.has(tag))
  const doubled = [...byTag].filter(([, same]) => same.length !== 1).map(([tag]) => tag)
  const unknownCalls = [...bill.keys()].filter((tag) => !byTag.has(tag ?? ''))
  const wrong = answered.filter((tag) => {
    const entry = byTag.get(tag)?.[0]
    const call = bill.get(tag)
    return !entry || !call || entry.state !== 'ok' || entry.cost.amount !== amountOf(call.charged)
  })
  const strangeStates = entries.filter(
    ({ state, app }) => !bill.has(app) && state !== 'orphan' && state !== 'client_gone' && state !== 'upstream_error',
  )

  expect({ lost, doubled, unknownCalls, wrong, strangeStates }, message).toEqual({
    lost: [],
    doubled: [],
    unknownCalls: [],
    wrong: [],
    strangeStates: [],
  })
  // The run was worth something: many answers, and some requests caught in flight.
  expect(answered.length, message).toBeGreaterThan(KILLS * 4)
  expect(entries.filter(({ state }) => state === 'orphan').length, message).toBeGreaterThan(KILLS / 2)
}

type Charged = ReturnType<FakeProvider['bill']>[number]['charged']

/** What the call costs, worked out here from the provider's own count and nothing of Paddock's. */
function amountOf({ input, cached, output, reasoning }: Charged): string {
  const millionths =
    BigInt(input) * RATES.input + BigInt(cached) * RATES.cached + BigInt(output + reasoning) * RATES.output
  return `${millionths / 1_000_000n}.${String(millionths % 1_000_000n).padStart(6, '0')}000000`
}
