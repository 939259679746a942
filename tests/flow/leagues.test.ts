import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openWorkspace } from '../paddock.ts'
import { openTestbed } from '../testbed.ts'

describe('paddock leagues', () => {
  it('ranks applications by what was answered, for a person and for a program', async () => {
    await using testbed = await openTestbed((url) => [
      'server: { zone: Asia/Shanghai }',
      'providers:',
      `  lab: { base_url: "${url}", api_key: any, models: [small, large], currency: CNY }`,
    ])
    const { post, workspace } = testbed
    const ask = (model: string, app: string): Promise<Response> =>
      post({ model, messages: [{ role: 'user', content: 'hello' }] }, { headers: { 'x-title': app } })
    for (const app of ['writer', 'writer', 'coder']) expect((await ask('lab/small', app)).status).toBe(200)
    expect((await ask('lab/large', 'coder')).status).toBe(200)
    expect((await ask('lab/nothing', 'writer')).status).toBe(404)
    testbed.server.kill('SIGTERM')
    await testbed.server.exited

    const table = await workspace.run(['leagues', 'table', '--by', 'app', '--json'])
    const rows = table.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(rows).toMatchObject([
      { value: 'coder', calls: 2, active: 1, calls_share: 50, calls_growth: null },
      { value: 'writer', calls: 2, active: 1, calls_share: 50 },
    ])
    const active = await workspace.run(['leagues', 'active'])
    expect(active.out).toMatch(/DAY +DAILY +WEEKLY +MONTHLY/)
    expect(active.out).toMatch(/ 1 +1 +1 +100\.0 %/)
    const rebuilt = await workspace.run(['leagues', 'rebuild', '--json'])
    expect(JSON.parse(rebuilt.out)).toEqual({ entries: 4 })
    const again = await workspace.run(['leagues', 'table', '--by', 'app', '--json'])
    expect(again.out).toBe(table.out)

    const spends = join(workspace.folder, 'spend.csv')
    writeFileSync(
      spends,
      'day,channel,amount,currency,ads\n2024-05-21,video,1200.50,CNY,2100\n2024-05-21,search,x,CNY,400\n',
    )
    const refused = await workspace.run(['leagues', 'spend', spends])
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.err).toContain('spend.csv: line 3: amount takes a decimal such as 1200.50; got "x".')
    writeFileSync(
      spends,
      'day,channel,amount,currency,ads\n2024-05-21,video,1200.50,CNY,2100\n2024-05-21,search,80,CNY,400\n',
    )
    expect((await workspace.run(['leagues', 'spend', spends])).out).toContain('Took in 2 lines')
    const channels = await workspace.run([
      'leagues',
      'channels',
      '--from',
      '2024-05-01',
      '--to',
      '2024-06-01',
      '--json',
    ])
    expect(channels.out).toContain(
      '"channel":"video","currency":"CNY","spent":"1200.500000000000","ads":2100,"ads_share":84',
    )
  })

  it.each([
    [['leagues', 'table', '--by', 'planet'], /--by takes one of all, app, model, provider, team; got "planet"/],
    [['leagues', 'active', '--by', 'app'], /--by app needs --of/],
    [['leagues', 'table', '--from', '2024-06-01', '--to', '2024-05-01'], /2024-06-01 is not before --to 2024-05-01/],
    [['leagues', 'table', '--from', 'May'], /--from takes a day such as 2024-05-21; got "May"/],
  ])('%j says what is wrong with it', async (command, says) => {
    await using workspace = openWorkspace()
    const { code, err } = await workspace.run(command)
    expect(code).toBe(2)
    expect(err).toMatch(says)
  })
})
