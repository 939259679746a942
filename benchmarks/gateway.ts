import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { openWorkspace } from '../tests/paddock.ts'

/** What a request through Paddock costs beside the same request sent to the provider itself, books and all switched on. */

const CONNECTIONS = 32
const REQUESTS = 6_000
const ROUNDS = 5

type Place = { readonly url: string; readonly key: string; readonly model: string }

const fake = spawn(
  process.execPath,
  ['--import', 'tsx', 'tests/fake-provider/main.ts', '--port', '0', '--bill', '/dev/null'],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
const { url } = JSON.parse(await firstLine(fake)) as { url: string }
await using workspace = openWorkspace(
  [
    'providers:',
    `  lab: { base_url: "${url}", api_key: any, models: [small], currency: CNY }`,
    'prices:',
    '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
  ].join('\n'),
)
const server = await workspace.serve()
const direct: Place = { url, key: 'any', model: 'small' }
const through: Place = { url: `${server.url}/v1`, key: server.started.firstKeys?.key ?? '', model: 'lab/small' }

await load(direct, REQUESTS)
await load(through, REQUESTS)
const ratios: number[] = []
const rates: number[] = []
// Turn about, so that a machine that slows down slows both.
for (let round = 0; round < ROUNDS; round += 1) {
  const directRate = await load(direct, REQUESTS)
  const throughRate = await load(through, REQUESTS)
  rates.push(throughRate)
  ratios.push(throughRate / directRate)
}
server.kill('SIGTERM')
await server.exited
const entries = (await workspace.entries()).length
fake.kill()
const figures = {
  'requests a second through Paddock': Math.round(median(rates)),
  'share of the direct rate': Number(median(ratios).toFixed(3)),
  'entries for each request': entries / (REQUESTS * (ROUNDS + 1)),
}
console.log(JSON.stringify(figures))

/** Requests a second of a closed loop over kept connections. */
async function load(place: Place, count: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const body = JSON.stringify({ model: place.model, messages: [{ role: 'user', content: 'x'.repeat(900) }] })
  let left = count
  const started = performance.now()
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left > 0) {
        left -= 1
        await callOnce(place, { body, agent })
      }
    }),
  )
  agent.destroy()
  return count / ((performance.now() - started) / 1000)
}

async function callOnce({ url: base, key }: Place, { body, agent }: { body: string; agent: Agent }): Promise<void> {
  const sent = request(`${base}/chat/completions`, {
    method: 'POST',
    agent,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  if (response.statusCode !== 200) throw new Error(`${base} answered ${response.statusCode}`)
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('the output of the provider is read')
  return new Promise((resolve) => {
    createInterface({ input: stdout }).once('line', resolve)
  })
}
