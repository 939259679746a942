import { describe, expect, it } from 'vitest'
import { openWorkspace } from '../paddock.ts'

describe('a second process on the same data folder', () => {
  it('exits with 73 and a plain sentence, and the first goes on', async () => {
    await using workspace = openWorkspace('practice: { speed: 0 }')
    const first = await workspace.serve()
    const second = await workspace.run(['serve', '--port', '0'])
    expect(second.code).toBe(73)
    expect(second.err).toContain(workspace.data)
    expect(second.err.trim().split('\n')).toHaveLength(1)
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200)
  })

  it('may read the books and make keys all the same', async () => {
    await using workspace = openWorkspace('practice: { speed: 0 }')
    const server = await workspace.serve()
    const { key } = await workspace.makeKey()
    const { model, prompt } = server.started.example
    const answer = await server.post({ model, messages: [{ role: 'user', content: prompt }] }, { key })
    expect(answer.status).toBe(200)
    await answer.text()
    const [entry] = await workspace.entries()
    expect(entry?.id).toBe(answer.headers.get('x-request-id'))
  })

  it('takes over at once when the first is killed', async () => {
    await using workspace = openWorkspace('practice: { speed: 0 }')
    const first = await workspace.serve()
    first.kill('SIGKILL')
    await first.exited
    const second = await workspace.serve()
    expect((await fetch(`${second.url}/readyz`)).status).toBe(200)
  })
})
