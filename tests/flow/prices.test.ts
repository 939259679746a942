import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EntryRecord } from '@paddock/contract/entry'
import { expect, it, vi } from 'vitest'
import { openAlertReceiver } from '../stand-ins/alert-receiver.ts'
import { openTestbed, type Testbed } from '../testbed.ts'

/** A price that comes late, from a feed: proposed, accepted beside a running server, told of, and put right in the books. */

const FEED = [{ id: 'openai', models: [{ id: 'late', prices: { input_mtok: 2, output_mtok: 8 } }] }]

type Line = Record<string, unknown>

async function paddock({ workspace }: Testbed, ...args: string[]): Promise<Line[]> {
  const { code, out, err } = await workspace.run([...args, '--json'])
  expect(`${args.join(' ')}: ${code} ${err}`).toMatch(/: 0 /)
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

it(
  '[P33] [B48] [B46] a proposal that is accepted counts at once, is an event, and mends what was booked before',
  { timeout: 120_000 },
  async () => {
    await using receiver = await openAlertReceiver()
    await using testbed = await openTestbed((url) => [
      ...receiver.yaml,
      'providers:',
      `  openai: { base_url: "${url}", api_key: any, models: [late] }`,
      'fx:',
      '  - { from: USD, to: CNY, rate: "7.2", valid_from: 2024-01-01 }',
    ])
    const ask = async (): Promise<EntryRecord> => {
      const answer = await testbed.post({ model: 'openai/late', messages: [{ role: 'user', content: 'a question' }] })
      await answer.text()
      return testbed.entry(answer)
    }
    const early = await ask()
    expect(early.state).toBe('unpriced')

    const feed = join(testbed.workspace.folder, 'feed.json')
    const models = FEED[0]?.models.map((model) => ({
      ...model,
      prices: [{ constraint: { start_date: '2024-01-01' }, prices: model.prices }],
    }))
    writeFileSync(feed, JSON.stringify([{ ...FEED[0], models }]))
    expect(await paddock(testbed, 'prices', 'propose', feed)).toMatchObject([{ models: 1, proposals: 1 }])
    expect(await paddock(testbed, 'prices', 'propose', feed)).toMatchObject([{ models: 1, proposals: 0 }])
    const [proposal] = await paddock(testbed, 'prices', 'proposals')
    expect(proposal).toMatchObject({ status: 'open', model: 'openai/late', doubts: [{ doubt: 'unknown_model' }] })
    expect((await ask()).state).toBe('unpriced')

    await paddock(testbed, 'prices', 'proposals', 'accept', String(proposal?.['id']), '--by', 'ada')
    await vi.waitFor(async () => expect((await ask()).state).toBe('ok'), { timeout: 30_000 })
    await vi.waitFor(async () => expect(await paddock(testbed, 'prices', 'events')).toHaveLength(1), {
      timeout: 30_000,
    })
    const events = await paddock(testbed, 'prices', 'events')
    expect(events).toMatchObject([{ model: 'openai/late', cause: 'book', before: null, after: { currency: 'USD' } }])
    // Refused the first time, and sent again.
    const { heard } = receiver
    await vi.waitFor(() => expect(heard).toHaveLength(2), { timeout: 30_000 })
    const told = { id: heard[0]?.id, type: 'price.changed', data: events[0], isSigned: true }
    expect(heard).toMatchObject([told, told])

    const from = '2024-01-01'
    for (const command of [
      ['reprice', '--from', from],
      ['adjust', early.id, '--amount', '-0.5', '--currency', 'USD', '--reason', 'a present'],
      ['rebuild'],
      ['forget', '--before', '2024-05'],
    ]) {
      const refused = await testbed.workspace.run(['books', ...command])
      expect(refused, command.join(' ')).toMatchObject({
        code: 73,
        out: '',
        err: expect.stringMatching(/is using the data folder/) as string,
      })
    }
    const [planned] = await paddock(testbed, 'books', 'reprice', '--from', from, '--dry-run')
    testbed.server.kill('SIGTERM')
    await testbed.server.exited
    const [mended] = await paddock(testbed, 'books', 'reprice', '--from', from)
    expect(mended).toMatchObject({ dry_run: false, unpriced: 0 })
    expect(mended?.['corrected']).toBeGreaterThan(1)
    expect(mended?.['models']).toEqual(planned?.['models'])
    expect(await paddock(testbed, 'books', 'reprice', '--from', from)).toMatchObject([{ corrected: 0, models: [] }])
    const [credit] = await paddock(
      testbed,
      'books',
      'adjust',
      early.id,
      '--amount',
      '-0.5',
      '--currency',
      'USD',
      '--reason',
      'a present',
    )
    expect(credit).toMatchObject({ kind: 'correction', adjusts: early.id })

    const [verified] = await paddock(testbed, 'books', 'verify')
    expect(verified).toMatchObject({ ok: true })
    const [asked] = await paddock(
      testbed,
      'books',
      'whatif',
      '--from',
      from,
      '--as',
      'own',
      '--group-by',
      'model',
      '--in',
      'CNY',
    )
    const total = asked?.['total'] as { before: Line; after: Line; difference: Line; reported: Line }
    expect(total.before).toEqual(verified?.['totals'])
    expect(total.before).toEqual(verified?.['costs'])
    // All is at its own price now, but for the present.
    expect(total.difference).toEqual({ USD: '0.500000000000' })
    expect(total.reported).toMatchObject({ currency: 'CNY', difference: '3.600000000000' })
    expect(await paddock(testbed, 'books', 'rebuild')).toEqual([{ entries: verified?.['entries'] }])
  },
)
