import { createServer, request as ask } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { barriers } from './browser.ts'
import { sharedConsole } from './open-console.ts'

/** Setting up who serves models: the right key, a wrong one, and what is found behind it. */

const RIGHT_KEY = 'right-key-1234'
let provider = ''
/** Lets only those with the right key through to the fake provider. */
const gate = createServer((incoming, outgoing) => {
  if (incoming.headers.authorization !== `Bearer ${RIGHT_KEY}`) {
    outgoing.writeHead(401, { 'content-type': 'application/json' })
    outgoing.end(JSON.stringify({ error: { message: 'Incorrect API key provided', type: 'invalid_request_error' } }))
    return
  }
  const { method = 'GET', headers, url = '' } = incoming
  const onward = ask(new URL(provider).origin + url, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  incoming.pipe(onward)
})
beforeAll(() => new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise<void>((resolve) => gate.close(() => resolve())))

const shared = sharedConsole({
  scripts: { large: {}, small: {} },
  yaml: (url) => {
    provider = url
    const { port } = gate.address() as AddressInfo
    const gated = new URL(url)
    gated.port = String(port)
    return ['providers:', `  stepfun: { base_url: "${gated.href}", api_key: wrong-key-1234, models: [small] }`, '']
  },
})

describe('a provider', { timeout: 120_000 }, () => {
  it('with a wrong key says so, and what to do; with the right one it answers and lists its models', async () => {
    const { page, go } = shared()
    const test = async () => {
      await go('/providers')
      await page.getByRole('region', { name: 'Set up' }).getByRole('button', { name: /stepfun/ }).click()
      await page.getByRole('button', { name: 'Test' }).click()
    }
    await test()
    const refusal = page.getByRole('dialog').getByRole('alert')
    await refusal.getByText('provider_auth').waitFor()
    expect(await refusal.textContent()).toMatch(/Next:.*key/)
    expect(await barriers(page)).toEqual([])

    await page.getByRole('link', { name: 'Settings' }).click()
    const editor = page.getByLabel('Text of paddock.yaml')
    await editor.fill((await editor.inputValue()).replace(/<kept-secret-\d+>/, RIGHT_KEY))
    await page.getByRole('button', { name: 'Review and save' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved, and in force').waitFor()

    await test()
    await page.getByText('stepfun/small answered.').waitFor()
    await page.getByRole('button', { name: 'Ask the provider' }).click()
    await page.getByText(/The provider lists 2, told in/).waitFor()
    await page.getByRole('dialog').getByRole('row', { name: /^large no/ }).waitFor()
    await page.getByRole('dialog').getByRole('row', { name: /^small yes/ }).waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('link', { name: 'The request' }).click()
    await page.getByRole('dialog').getByText('stepfun/small').first().waitFor()
  })

  it('that is known takes a key in the console, which nobody sees again', async () => {
    const { page, go } = shared()
    await go('/providers')
    await page.getByRole('button', { name: /deepseek/ }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByLabel('Key').fill('sk-canary-entered-4242')
    await drawer.getByRole('button', { name: 'Save key' }).click()
    await drawer.getByText('••••4242 entered on').waitFor()
    expect(await page.content()).not.toContain('canary')
    expect(await barriers(page)).toEqual([])
    await drawer.getByRole('button', { name: 'Remove key' }).click()
    await page.getByRole('dialog').filter({ hasText: 'Remove this key?' }).getByRole('button', { name: 'Remove key' }).click()
    await drawer.getByRole('button', { name: 'Save key' }).waitFor()
  })
})
