import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { barriers } from './browser.ts'
import { sharedConsole } from './open-console.ts'

/** Changing paddock.yaml in the console. */

const shared = sharedConsole({
  yaml: (url) => [
    'providers:',
    `  lab: { base_url: "${url}", api_key: sk-canary-8kR2mV5x, models: [small, large], currency: CNY }`,
    'routes:',
    '  - { name: chat, candidates: [{ model: lab/small }] }',
    '',
  ],
})

describe('the text of paddock.yaml', { timeout: 120_000 }, () => {
  it('shows the line of each mistake, and once it is right counts at once', async () => {
    const { page, go, server, workspace } = shared()
    const asks = async () =>
      (await server.post({ model: 'talk', messages: [{ role: 'user', content: 'hello' }] })).status
    expect(await asks()).toBe(404)
    await go('/settings')
    const editor = page.getByLabel('Text of paddock.yaml')
    const before = await editor.inputValue()
    expect(before).not.toContain('canary')
    await page.getByText('It can be used').waitFor()
    const written = `${before}  - { name: talk, candidates: [{ model: lab/large }], strategy: cheepest }\n`
    await editor.fill(written)
    const fault = page.getByRole('button', { name: /line 5, column 65.*write one of .*cheapest/ })
    await fault.waitFor()
    expect(await page.getByRole('button', { name: 'Review and save' }).isDisabled()).toBe(true)
    expect(await barriers(page)).toEqual([])
    await fault.click()
    const marked = await editor.evaluate((area) => {
      const { value, selectionStart } = area as unknown as { value: string; selectionStart: number }
      return value.slice(selectionStart)
    })
    expect(marked).toMatch(/^cheepest/)
    await editor.fill(written.replace('cheepest', 'cheapest'))
    await page.getByRole('button', { name: 'Review and save' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('- { name: talk').waitFor()
    expect(await barriers(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved, and in force').waitFor()
    expect(await asks()).toBe(200)
    const kept = readFileSync(join(workspace.folder, 'paddock.yaml'), 'utf8')
    expect(kept).toContain('sk-canary-8kR2mV5x')
    expect(kept).toContain('strategy: cheapest')
    await page.getByRole('link', { name: 'In force' }).click()
    await page.getByText(/"name": ?"talk"/).waitFor()
    expect(await page.content()).not.toContain('canary')
  })

  it('is left alone where somebody was quicker', async () => {
    const { page, go, workspace } = shared()
    const file = join(workspace.folder, 'paddock.yaml')
    await go('/settings')
    const editor = page.getByLabel('Text of paddock.yaml')
    const save = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Review and save' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    }
    await editor.fill((await editor.inputValue()).replace('name: talk', 'name: speak'))
    appendFileSync(file, '# by hand\n')
    await save()
    await page.getByText('Somebody has changed the file meanwhile').waitFor()
    expect(readFileSync(file, 'utf8')).toContain('name: talk')
    await editor.fill(`${await editor.inputValue()}# by hand\n`)
    await save()
    await page.getByText('Saved, and in force').waitFor()
    expect(readFileSync(file, 'utf8')).toMatch(/name: speak.*\n# by hand\n$/)
  })

  it('asks before changes are lost', async () => {
    const { page, go } = shared()
    await go('/settings')
    await page.getByLabel('Text of paddock.yaml').fill('# nothing\n')
    await page.getByRole('link', { name: 'Requests' }).click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await page.getByLabel('Text of paddock.yaml').inputValue()).toBe('# nothing\n')
    await page.getByRole('link', { name: 'Requests' }).click()
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('heading', { name: 'Requests' }).waitFor()
    await go('/settings')
    expect(await page.getByLabel('Text of paddock.yaml').inputValue()).toContain('name: chat')
  })
})
