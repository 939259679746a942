import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openWorkspace } from '../paddock.ts'

const run = promisify(execFile)

describe('the examples', () => {
  it('stream.mjs streams the recorded answer and prints what it cost', async () => {
    await using workspace = openWorkspace('practice: { speed: 0 }')
    const server = await workspace.serve()
    const { stdout } = await run(process.execPath, ['examples/stream.mjs'], {
      env: { ...process.env, PADDOCK_URL: `${server.url}/v1`, PADDOCK_KEY: server.started.firstKeys?.key },
    })
    expect(stdout).toContain('"answer": "3"')
    expect(stdout).toMatch(/\n0\.000\d{9} CNY for \d+ tokens in and \d+ out\n$/)
  })
})
