import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { Report } from '../../server/src/races/dataset/report.ts'
import { openWorkspace, type Workspace } from '../paddock.ts'

/** `paddock race` as a newcomer runs it: no key, no network, recorded answers of real models at the prices of 2024. */

const GPT = 'practice/gpt-4o-2024-05-13'
const DEEPSEEK = 'practice/deepseek-v2-chat-0628'
const YI = 'practice/yi-large'
const QWEN = 'practice/qwen2-72b-instruct'
/** Calls at the same time, where nobody says otherwise. */
const CONCURRENCY = 8
/** Per million tokens of input and output: GPT-4o, DeepSeek-V2 and Yi-Large as listed, Qwen2-72B as its servers cost. */
const PRICES_OF_2024 = [
  ['USD', 5, 15],
  ['CNY', 1, 2],
  ['CNY', 2, 8],
  ['CNY', 20, 20],
] as const
const RACE = ['race', 'run', 'practice:gsm8k', '--grader', 'numeric', '--rate', 'USD=7.27', '--champion', GPT]

type Ran = { readonly code: number; readonly report: Report; readonly err: string }

async function race(workspace: Workspace, ...args: string[]): Promise<Ran> {
  const { code, out, err } = await workspace.run([...RACE, ...args, '--json'])
  if (out === '') throw new Error(`no report, exit code ${code}: ${err}`)
  return { code, report: JSON.parse(out) as Report, err }
}

const allEntries = async (workspace: Workspace): Promise<number> =>
  (await workspace.entries('--limit', '100000')).length

/** Hundreds of calls each, on machines that do other things as well. */
const SLOW = { timeout: 180_000 }

describe('paddock race run', () => {
  it(
    '[H26] promotes DeepSeek-V2, with an entry for every call and one exact bill, and asks nothing twice',
    SLOW,
    async () => {
      await using workspace = openWorkspace()
      const args = ['--challenger', DEEPSEEK, '--margin', '0.1', '--budget', '20CNY']
      const { code, report } = await race(workspace, ...args)
      expect([code, report.verdict.kind, report.verdict.challenger]).toEqual([0, 'promote', DEEPSEEK])
      const calls = report.champion.calls + report.challengers.reduce((sum, each) => sum + each.calls, 0)
      expect(await allEntries(workspace)).toBe(calls)
      const verified = await workspace.run(['books', 'verify', '--json'])
      const totals = JSON.parse(verified.out) as { ok: boolean }
      expect(totals.ok).toBe(true)
      for (const { amount } of report.spent) expect(verified.out).toContain(amount)
      expect(report.challengers[0]?.saving).toBeGreaterThan(0.9)

      const again = await race(workspace, ...args)
      expect([again.code, again.report]).toEqual([code, report])
      expect(await allEntries(workspace)).toBe(calls)
      expect(readFileSync(join(workspace.data, 'races', report.race, 'report.html'), 'utf8')).toContain(
        `Promote ${DEEPSEEK}`,
      )
    },
  )

  it('[H20] exits with 10 for a reject, 11 when nothing is certain, 12 when the budget is used up', SLOW, async () => {
    await using workspace = openWorkspace('fx: [{ from: USD, to: CNY, rate: "7.27", valid_from: 2024-01-01 }]')
    const rejected = await race(workspace, '--challenger', YI, '--margin', '0.05')
    expect([rejected.code, rejected.report.verdict.kind]).toEqual([10, 'reject'])
    const poor = await race(workspace, '--challenger', DEEPSEEK, '--margin', '0.05', '--budget', '0.5CNY')
    expect([poor.code, poor.report.verdict.reason]).toEqual([12, 'budget'])
    expect(Number(poor.report.spent_total)).toBeLessThanOrEqual(0.5)
    writeFileSync(join(workspace.folder, 'few.jsonl'), '{"prompt": "What is 1 and 1?", "answer": "2"}\n')
    const few = await workspace.run([
      'race',
      'run',
      'few.jsonl',
      '--champion',
      GPT,
      '--challenger',
      DEEPSEEK,
      '--budget',
      '1CNY',
      '--json',
    ])
    // Without --rate the operator's rates of exchange are used.
    expect([few.code, (JSON.parse(few.out) as Report).config.rates]).toEqual([11, [['USD', '7.270000000000']]])
  })

  it(
    '[H20] [H23] of three promotes DeepSeek-V2 and rejects Yi-Large, past a kill -9, at the prices of 2024',
    SLOW,
    async () => {
      await using workspace = openWorkspace()
      const args = ['--challenger', DEEPSEEK, QWEN, YI, '--margin', '0.05', '--budget', '40CNY']
      const program = join(import.meta.dirname, '..', '..', 'server', 'bin', 'paddock.js')
      const child = spawn(process.execPath, [program, ...RACE, ...args, '--json', '--data', workspace.data], {
        stdio: 'ignore',
      })
      const races = join(workspace.data, 'races')
      const lines = (): string[] => {
        const [id = ''] = existsSync(races) ? readdirSync(races) : []
        const path = join(races, id, 'trials.jsonl')
        return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
      }
      await vi.waitFor(() => {
        expect(lines().length).toBeGreaterThan(1_000)
      }, 60_000)
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('exit', resolve))
      const before = lines().length

      const { code, report, err } = await race(workspace, ...args)
      expect([code, report.verdict.kind, report.verdict.challenger]).toEqual([0, 'promote', DEEPSEEK])
      expect(report.challengers.map(({ fate }) => fate)).toEqual(['promotable', 'running', 'inferior'])
      expect(err).toContain('Going on with')
      const log = lines().map((line) => JSON.parse(line) as { kind: string; place?: object })
      const begun = log.flatMap(({ kind, place }) => (kind === 'begun' ? [JSON.stringify(place)] : []))
      expect(log.length).toBeGreaterThan(before)
      expect(new Set(begun).size).toBe(begun.length)

      // Every answer has one entry, and nothing else has: at most the calls that ran at the kill are in the books alone.
      const entries = await workspace.entries('--limit', '100000')
      const answers = begun.length - report.items.lost
      expect(entries.length).toBeGreaterThanOrEqual(answers - CONCURRENCY)
      expect(entries.length).toBeLessThanOrEqual(begun.length)
      const bills = [report.champion, ...report.challengers]
      for (const [index, [currency, input, output]] of PRICES_OF_2024.entries()) {
        const bill = bills[index]
        const own = entries.filter(({ model }) => model === bill?.model.split('/')[1])
        const lost = own.length - (bill?.calls ?? 0)
        expect([lost >= 0, lost <= CONCURRENCY]).toEqual([true, true])
        for (const { usage, cost } of own) {
          expect(cost.currency).toBe(currency)
          // Prices are per million tokens, entries hold a millionth of a millionth.
          expect(BigInt(cost.amount?.replace('.', '') ?? '')).toBe(
            BigInt(usage.input * input + usage.output * output) * 1_000_000n,
          )
        }
      }
    },
  )

  it('[H26] races through a running server', SLOW, async () => {
    await using workspace = openWorkspace('practice: { speed: 0 }')
    const server = await workspace.serve()
    const busy = await workspace.run([...RACE, '--challenger', YI])
    expect([busy.code, busy.err]).toEqual([73, expect.stringContaining('--url and --key')])
    const key = server.started.firstKeys?.key ?? ''
    const wrong = await workspace.run([...RACE, '--challenger', YI, '--url', server.url, '--key', 'sk-wrong'])
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('cannot be raced')])
    const { code, report } = await race(
      workspace,
      '--challenger',
      YI,
      '--margin',
      '0.05',
      '--url',
      `${server.url}/v1`,
      '--key',
      key,
    )
    expect([code, report.verdict.kind]).toEqual([10, 'reject'])
    expect(await allEntries(workspace)).toBe(report.champion.calls + (report.challengers[0]?.calls ?? 0))
  })

  it.each([
    [['--challenger', 'yi-large'], /--challenger takes provider\/model/],
    [[], /--challenger takes one to 5 models/],
    [['--challenger', GPT], /none the champion/],
    [['--challenger', YI, '--margin', '5'], /--margin takes a share such as 0\.05/],
    [['--challenger', YI, '--budget', '20'], /--budget takes an amount and a currency/],
    [['--challenger', YI, '--budget', '20EUR'], /priced in CNY and the race counts in EUR.*--rate CNY=/],
    [['--challenger', 'practice/none'], /practice\/none has no price/],
    [['--challenger', YI, '--grader', 'taste'], /--grader takes one of exact, regex/],
    [['--challenger', YI, '--grader', `judge:${YI}`], /takes a judge that is none of the raced/],
    [['--challenger', YI, '--grader', 'judge:practice/none'], /practice\/none has no price/],
    [['--aa', '--challenger', YI], /--aa takes no --challenger/],
    [['--challenger', YI, '--url', 'http://127.0.0.1:1'], /--url needs a key/],
  ])('[H24] refuses %j before anything is asked', async (args, says) => {
    await using workspace = openWorkspace()
    const { code, err } = await workspace.run([...RACE, ...args])
    expect(code).toBe(2)
    expect(err).toMatch(says)
  })
})

describe('paddock race plan', () => {
  it('[H12] says how many items, days and how much money a race will take', async () => {
    await using workspace = openWorkspace()
    const { code, out } = await workspace.run([
      'race',
      'plan',
      '--margin',
      '0.05',
      '--per-day',
      '1000',
      '--cost',
      '0.03CNY',
      '--json',
    ])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({
      planned: 1793,
      max: 7172,
      days: 1.793,
      cost: { amount: '53.790000000000', currency: 'CNY' },
    })
    const never = await workspace.run(['race', 'plan', '--margin', '0.05', '--difference', '-0.06'])
    expect([never.code, never.err]).toEqual([2, expect.stringContaining('no race can prove')])
  })
})
