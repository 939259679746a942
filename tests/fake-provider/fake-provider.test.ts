import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../stand-ins/temp-folder.ts'
import { DEFAULTS } from './script.ts'
import { readBill } from './bill.ts'
import { startFakeProvider, type FakeProvider } from './start.ts'

function ask(provider: Pick<FakeProvider, 'url'>, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${provider.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** The data of every event of a stream, "[DONE]" included. */
async function events(response: Response): Promise<string[]> {
  const text = await response.text()
  return text.split(/\r\n\r\n|\n\n|\r\r/).flatMap((event) => (event.startsWith('data: ') ? [event.slice(6)] : []))
}

const stream = (model: string): object => ({
  model,
  stream: true,
  stream_options: { include_usage: true },
  user: 'tag-7',
})

describe('a healthy answer', () => {
  it('streams a role, the pieces, a finish, the usage and [DONE], and bills the whole', async () => {
    await using provider = await startFakeProvider()
    const data = await events(await ask(provider, stream('small')))
    const chunks = data.slice(0, -1).map((each) => JSON.parse(each))
    expect(data.at(-1)).toBe('[DONE]')
    expect(chunks[0].choices[0].delta).toEqual({ role: 'assistant', content: '' })
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('w0 w1 w2 w3 w4 ')
    expect(chunks.at(-2).choices[0].finish_reason).toBe('stop')
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 12, completion_tokens: 5 } })
    await provider.idle()
    expect(provider.bill()).toMatchObject([
      {
        id: chunks[0].id,
        tag: 'tag-7',
        model: 'small',
        outcome: 'whole',
        pieces: 5,
        charged: { input: 12, output: 5 },
      },
    ])
  })

  it('answers whole when not asked to stream', async () => {
    await using provider = await startFakeProvider({ scripts: { large: { reasoning: 2, tools: 1, cachedTokens: 4 } } })
    const answer = await (await ask(provider, { model: 'large' })).json()
    expect(answer).toMatchObject({
      object: 'chat.completion',
      choices: [{ finish_reason: 'tool_calls', message: { content: 'w0 w1 w2 w3 w4 ', reasoning_content: 't0 t1 ' } }],
      usage: { prompt_tokens: 12, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 4 } },
    })
    expect(provider.bill()).toMatchObject([{ charged: { input: 8, cached: 4, output: 5, reasoning: 2 } }])
  })

  it('streams reasoning and tool calls as deltas that add up', async () => {
    await using provider = await startFakeProvider()
    const data = await events(await ask(provider, stream('small+reasoning=2+tools=2')))
    const deltas = data.slice(0, -2).map((each) => JSON.parse(each).choices[0].delta)
    const calls = deltas.flatMap((delta) => delta.tool_calls ?? [])
    const argumentsOf = (index: number): string =>
      calls.flatMap((call) => (call.index === index ? [call.function.arguments] : [])).join('')
    expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toBe('t0 t1 ')
    expect([argumentsOf(0), argumentsOf(1)].map((text) => JSON.parse(text).k)).toEqual([0, 1])
  })

  it('lists its models and remembers the exact bytes it was sent', async () => {
    await using provider = await startFakeProvider({ scripts: { large: {} } })
    const models = (await (await fetch(`${provider.url}/models`)).json()) as { data: { id: string }[] }
    expect(models.data.map((model) => model.id)).toEqual(['small', 'large'])
    const body = '{ "model":"small",  "messages":[] ,"seed":9007199254740993}'
    await fetch(`${provider.url}/chat/completions`, { method: 'POST', body }).then((response) => response.text())
    expect(provider.requests().at(-1)?.body.toString()).toBe(body)
    expect(provider.bill()[0]?.sha256).toBe(createHash('sha256').update(body).digest('hex'))
  })
})

describe('usage', () => {
  it.each([
    ['missing', undefined],
    ['deepseek', { prompt_cache_hit_tokens: 3, prompt_cache_miss_tokens: 9, completion_tokens: 6 }],
    ['reasoning_excluded', { completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 1 } }],
    ['zero', { prompt_tokens: 0 }],
    ['negative', { prompt_tokens: -12 }],
    ['huge', { prompt_tokens: 1e18 }],
    ['string', { prompt_tokens: '12' }],
  ])('%s is reported, the bill stays true', async (usage, reported) => {
    await using provider = await startFakeProvider()
    const answer = await (
      await ask(provider, { model: 'm', 'x-fake': { usage, reasoning: 1, cachedTokens: 3 } })
    ).json()
    if (reported === undefined) expect(answer).not.toHaveProperty('usage')
    else expect(answer).toMatchObject({ usage: reported })
    expect(provider.bill()[0]?.charged).toEqual({ input: 9, cached: 3, cacheWrite: 0, output: 5, reasoning: 1 })
  })

  it('is on the last choice, or null in every other chunk, when told so', async () => {
    await using provider = await startFakeProvider()
    const onChoice = await events(await ask(provider, stream('m+usage=last_choice')))
    expect(JSON.parse(onChoice.at(-2) ?? '')).toMatchObject({
      choices: [{ finish_reason: 'stop' }],
      usage: { total_tokens: 17 },
    })
    const nulls = await events(await ask(provider, stream('m+usage=null_everywhere')))
    expect(nulls.slice(0, -2).every((each) => JSON.parse(each).usage === null)).toBe(true)
  })
})

describe('faults', () => {
  it.each([400, 401, 402, 429, 500, 503])('status %i costs nothing', async (status) => {
    await using provider = await startFakeProvider()
    const response = await ask(provider, { model: `m+${status}`, 'x-fake': { retryAfter: '7' } })
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, '7'])
    expect(await response.json()).toHaveProperty('error.message')
    await provider.idle()
    expect(provider.bill()[0]).toMatchObject({ outcome: 'refused', charged: { input: 0, output: 0 } })
  })

  it.each(['reset_headers', 'reset_stream', 'close_stream'])('%s breaks the connection', async (fault) => {
    await using provider = await startFakeProvider()
    await expect(ask(provider, stream(`m+${fault}`)).then((response) => response.text())).rejects.toThrow()
    await provider.idle()
    expect(provider.bill()[0]?.outcome).toBe('faulted')
  })

  it.each([
    ['truncated_json', /data: \{"id":[^}]*$/],
    ['no_done', /"finish_reason":"stop"\}\][^[]*\n\n$/],
    ['error_in_stream', /data: \{"error":\{.*\}\}\n\n$/],
    ['html', /^<!doctype html>/],
  ])('%s ends the answer wrongly', async (fault, expected) => {
    await using provider = await startFakeProvider()
    const text = await (await ask(provider, { model: `m+${fault}`, stream: true })).text()
    expect(text).toMatch(expected)
    await provider.idle()
    expect(provider.bill()[0]?.outcome).toBe('faulted')
  })

  it.each([
    ['hang_headers', 'produced', { output: 0 }],
    ['hang_stream', 'produced', { output: 2 }],
    ['hang_stream', 'full', { output: 5 }],
  ])('%s waits for the caller to hang up and bills %s', async (fault, abortBills, charged) => {
    await using provider = await startFakeProvider({
      scripts: { m: { abortBills: abortBills as 'produced' | 'full' } },
    })
    const abort = new AbortController()
    const asked = ask(provider, stream(`m+${fault}`), abort.signal)
    if (fault === 'hang_stream') {
      const reader = (await asked).body?.getReader()
      let seen = ''
      while (!seen.includes('w1')) seen += Buffer.from((await reader?.read())?.value ?? []).toString()
    } else {
      await expect.poll(() => provider.requests().length).toBe(1)
    }
    abort.abort()
    await asked.catch(() => undefined)
    await provider.idle()
    expect(provider.bill()[0]).toMatchObject({ outcome: 'aborted', charged })
  })

  it('sends only comments until the caller hangs up', async () => {
    await using provider = await startFakeProvider()
    const abort = new AbortController()
    const reader = (await ask(provider, stream('m+keepalive_only'), abort.signal)).body?.getReader()
    let seen = ''
    while (seen.length < 30) seen += Buffer.from((await reader?.read())?.value ?? []).toString()
    abort.abort()
    await provider.idle()
    expect(seen).toMatch(/^(: keep-alive\n\n)+$/)
    expect(provider.bill()[0]).toMatchObject({ outcome: 'aborted', pieces: 0 })
  })
})

describe('framing', () => {
  it.each([
    ['crlf', '\r\n\r\n'],
    ['cr', '\r\r'],
    ['lf', '\n\n'],
  ])('ends lines with %s', async (lineEnd, gap) => {
    await using provider = await startFakeProvider()
    const text = await (await ask(provider, stream(`m+lineEnd=${lineEnd}`))).text()
    expect(text.split(gap)).toHaveLength(10)
    expect(text.replaceAll(gap, '')).not.toMatch(/[\r\n]/)
  })

  it('starts with a byte order mark when told so', async () => {
    await using provider = await startFakeProvider()
    const bytes = Buffer.from(await (await ask(provider, stream('m+bom=true'))).arrayBuffer())
    expect(bytes.subarray(0, 3).toString('hex')).toBe('efbbbf')
  })

  it.each(['gzip', 'deflate', 'br'])('compresses with %s so that it comes out whole', async (encoding) => {
    await using provider = await startFakeProvider()
    const response = await ask(provider, stream(`m+encoding=${encoding}+text=unicode`))
    expect(response.headers.get('content-encoding')).toBe(encoding)
    expect(await events(response)).toHaveLength(9)
  })

  it.each(['bytes', 'whole'])('says the same when split as %s', async (split) => {
    await using provider = await startFakeProvider()
    const usual = await (await ask(provider, stream('m+ids=constant+text=unicode'))).text()
    const cut = await (await ask(provider, stream(`m+ids=constant+text=unicode+split=${split}`))).text()
    expect(cut.replaceAll(`+split=${split}`, '')).toBe(usual)
  })
})

describe('scripts', () => {
  it('come from the table, the model name, x-fake and user, later ones winning', async () => {
    await using provider = await startFakeProvider({ scripts: { m: { chunks: 1 } } })
    const pieces = async (body: object): Promise<number> => {
      const answer = (await (await ask(provider, body)).json()) as { usage: { completion_tokens: number } }
      return answer.usage.completion_tokens
    }
    expect(await pieces({ model: 'm' })).toBe(1)
    expect(await pieces({ model: 'm+chunks=2' })).toBe(2)
    expect(await pieces({ model: 'm+chunks=2', 'x-fake': { chunks: 3 } })).toBe(3)
    expect(await pieces({ model: 'm', 'x-fake': { chunks: 3 }, user: 'fake:{"chunks":4}' })).toBe(4)
  })

  it.each([
    { model: 'm+chunk=2' },
    { model: 'm+fault=slow' },
    { model: 'm', 'x-fake': { chunks: '2' } },
    { model: 'm', user: 'fake:{' },
  ])('with a mistake are refused: %o', async (body) => {
    await using provider = await startFakeProvider()
    const response = await ask(provider, body)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('script is wrong')
  })

  it('with a mistake that shows behind the headers end the answer', async () => {
    await using provider = await startFakeProvider()
    // A piece longer than a string can be.
    const response = await ask(provider, stream('m+chunkChars=1e9'))
    await expect(response.text()).rejects.toThrow()
  })

  it('are all described in the README', () => {
    const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
    expect(Object.keys(DEFAULTS).filter((knob) => !readme.includes(`\`${knob}\``))).toEqual([])
  })
})

it('runs as a process of its own and keeps its bill in a file that survives it', async () => {
  using folder = tempFolder()
  const bill = join(folder.path, 'bill.jsonl')
  const args = ['--import', 'tsx', join(import.meta.dirname, 'main.ts'), '--bill', bill]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const provider = JSON.parse(line) as { url: string }
  await (await ask(provider, { model: 'm', user: 'first' })).text()
  const hanging = ask(provider, { model: 'm+hang_headers', user: 'second' }).catch(() => undefined)
  await expect.poll(() => readBill(bill).length).toBe(2)
  child.kill('SIGKILL')
  await Promise.all([once(child, 'exit'), hanging])
  expect(readBill(bill).map(({ tag, outcome }) => [tag, outcome])).toEqual([
    ['first', 'whole'],
    ['second', 'open'],
  ])
})
