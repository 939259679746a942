import { readFileSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTestbed } from '../testbed.ts'

describe('a backup', () => {
  it('made under load has every request that ended before, and its books agree', async () => {
    await using testbed = await openTestbed((url) => [
      'providers:',
      `  lab: { base_url: "${url}", api_key: any, models: [small], currency: CNY }`,
      'prices:',
      '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
    ])
    const { post, workspace, server } = testbed
    const answered: string[] = []
    let isEnough = false
    const client = async (): Promise<void> => {
      while (!isEnough) {
        const answer = await post({ model: 'lab/small', messages: [{ role: 'user', content: 'hello' }], stream: true })
        await answer.text()
        answered.push(answer.headers.get('x-request-id') ?? '')
      }
    }
    const clients = Array.from({ length: 8 }, client)
    while (answered.length < 100) await answering()
    const before = [...answered]
    const backup = join(workspace.folder, 'backup')
    const made = await workspace.run(['backup', backup, '--json'])
    while (answered.length < before.length + 100) await answering()
    isEnough = true
    await Promise.all(clients)
    server.kill('SIGKILL')
    await server.exited

    expect(made).toMatchObject({ code: 0 })
    const restored = join(workspace.folder, 'restored')
    const { code, out } = await workspace.run(['restore', backup, '--data', restored, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ok: true })
    const entries = await workspace.entries('--data', restored)
    const ids = new Set(entries.map(({ id }) => id))
    expect(before.filter((id) => !ids.has(id))).toEqual([])
    expect(ids.size).toBe(entries.length)

    // The key that was made before is good in the copy, and new requests go on from there.
    await using again = {
      run: await workspace.serve({ environment: { PADDOCK_DATA: restored } }),
      [Symbol.asyncDispose]: async () => {
        again.run.kill('SIGTERM')
        await again.run.exited
      },
    }
    const answer = await again.run.post(
      { model: 'lab/small', messages: [{ role: 'user', content: 'hello' }] },
      { key: testbed.key },
    )
    expect(answer.status).toBe(200)

    async function answering(): Promise<void> {
      await Promise.race([...clients, fetch(`${server.url}/livez`)])
    }
  })

  it('is restored whole or not at all, and never over something', async () => {
    await using testbed = await openTestbed((url) => [`providers: { lab: { base_url: "${url}", models: [small] } }`])
    const { workspace } = testbed
    const backup = join(workspace.folder, 'backup')
    expect(await workspace.run(['backup', backup])).toMatchObject({ code: 0 })
    expect((await workspace.run(['backup', backup])).err).toContain('is there already and not empty')
    expect((await workspace.run(['restore', backup])).err).toContain('is there already and not empty')

    const pepper = join(backup, 'pepper')
    writeFileSync(
      pepper,
      readFileSync(pepper, 'utf8').replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    )
    const restored = join(workspace.folder, 'restored')
    const { code, err } = await workspace.run(['restore', backup, '--data', restored])
    expect(code).toBe(74)
    expect(err).toContain('cannot be restored: pepper has changed since')
    expect((await readdir(workspace.folder)).filter((name) => name.startsWith('restored'))).toEqual([])

    const nothing = await workspace.run(['backup', join(workspace.folder, 'other'), '--data', restored])
    expect(nothing).toMatchObject({ code: 74 })
    expect(nothing.err).toContain('nothing to copy')
  })
})
