import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { startHttpServer } from '../base/http.ts'
import { servePages } from './serve-pages.ts'

async function serving(withConsole: boolean): Promise<AsyncDisposable & { readonly port: number }> {
  const folder = tempFolder()
  mkdirSync(join(folder.path, 'dist', 'assets'), { recursive: true })
  writeFileSync(join(folder.path, 'secret.txt'), 'beside the folder')
  writeFileSync(join(folder.path, 'dist', 'index.html'), '<!doctype html><title>Console</title>')
  writeFileSync(join(folder.path, 'dist', 'assets', 'main-1a2b.js'), 'console.log(1)')
  const pages = servePages(withConsole ? join(folder.path, 'dist') : null)
  const { server, port } = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    handle: (asked, response) => pages.handle(asked, response),
  })
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve))
      folder[Symbol.dispose]()
    },
  }
}

type Got = { status: number; headers: Record<string, unknown>; text: string }

/** As it is written: fetch would tidy up a path before it sends it. */
function get(port: number, path: string, { method = 'GET', headers = {} } = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(pieces).toString() })
      })
    })
      .on('error', reject)
      .end()
  })
}

it('serves the files of the console, and its start for every place within it', async () => {
  await using server = await serving(true)
  for (const path of ['/console', '/console/', '/console/setup', '/console/requests/0190?x=1']) {
    const page = await get(server.port, path)
    expect([path, page.status, page.text]).toEqual([path, 200, '<!doctype html><title>Console</title>'])
    expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'")
  }
  const script = await get(server.port, '/console/assets/main-1a2b.js')
  expect(script.text).toBe('console.log(1)')
  expect(script.headers['cache-control']).toContain('immutable')
  const again = await get(server.port, '/console/assets/main-1a2b.js', {
    headers: { 'if-none-match': script.headers['etag'] } as never,
  })
  expect([again.status, again.text]).toEqual([304, ''])
  const zipped = await get(server.port, '/console', { headers: { 'accept-encoding': 'gzip, br' } })
  expect(zipped.headers['content-encoding']).toBe('gzip')
  const head = await get(server.port, '/console', { method: 'HEAD' })
  expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '37'])
  expect((await get(server.port, '/console', { method: 'POST' })).status).toBe(405)
})

it.each([
  '/console/../secret.txt',
  '/console/%2e%2e/secret.txt',
  '/console/..%2fsecret.txt',
  '/console//secret.txt',
  '/console/assets/../../secret.txt',
  '/console/nothing.js',
])('serves nothing at %s', async (path) => {
  await using server = await serving(true)
  const { status, text } = await get(server.port, path)
  expect([status, text]).toEqual([404, 'There is no such file.'])
})

it('says what to do where the console is not part of the build', async () => {
  await using server = await serving(false)
  const { status, text } = await get(server.port, '/console/setup')
  expect(status).toBe(404)
  expect(text).toContain('POST <url>/api/setup')
})
