import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clientOf, PASSWORD } from '../control/client.ts'
import { openWorkspace, type RunningPaddock } from '../paddock.ts'
import { hearComplaints, openTab } from './browser.ts'

/** What is set up in the console: keys and paddock.yaml. */

const owner = { email: 'ada@example.com', name: 'Ada', password: PASSWORD }

async function openConsole(paddock: RunningPaddock, path: string) {
  const [, token] = (paddock.started.setupLink ?? '').split('#')
  expect((await clientOf(paddock.url)('POST /api/setup', { body: { token, ...owner } })).status).toBe(201)
  const tab = await openTab('en')
  const complaints = hearComplaints(tab.page)
  await tab.page.request.post(`${paddock.url}/api/session`, { data: { email: owner.email, password: owner.password } })
  await tab.page.goto(`${paddock.url}/console${path}`)
  return { page: tab.page, complaints, [Symbol.asyncDispose]: () => tab[Symbol.asyncDispose]() }
}

describe('a key', () => {
  it('is made with limits, models and a budget, shown once, works, and is refused once it is revoked', async () => {
    await using workspace = openWorkspace()
    const paddock = await workspace.serve()
    await using tab = await openConsole(paddock, '/keys')
    const { page, complaints } = tab
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name').fill('Night work')
    await page.getByLabel('Team (optional)').fill('research')
    await page.getByRole('button', { name: 'Only these' }).click()
    await page.getByLabel('Find or type a model').fill('practice/*')
    await page.getByLabel('Find or type a model').press('Enter')
    await page.getByLabel('Requests a minute').fill('60')
    await page.getByLabel('Amount').fill('10')
    await page.getByLabel('Currency').fill('USD')
    await page.getByRole('button', { name: 'Create key' }).click()
    const secret = await page.getByLabel('Key', { exact: true }).textContent()
    expect(secret).toMatch(/^sk-pdk-/)

    // It was not copied, so closing asks once more.
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'Close anyway' }).click()
    await page.getByRole('button', { name: 'Night work' }).click()
    await page.getByText('60 requests/min').last().waitFor()
    expect(await page.getByText(secret ?? '').count()).toBe(0)

    const { model, prompt } = paddock.started.example
    const ask = () => paddock.post({ model, messages: [{ role: 'user', content: prompt }] }, { key: secret ?? '' })
    expect((await ask()).status).toBe(200)
    await page.getByRole('button', { name: 'Change limits and budget' }).click()
    await page.getByLabel('Requests a minute').fill('')
    await page.getByLabel('Tokens a minute').fill('500000')
    await page.getByLabel('Amount').fill('')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('None of its own.').waitFor()
    await page.getByText('500,000 tokens/min').last().waitFor()
    expect(await page.getByText('60 requests/min').count()).toBe(0)

    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByLabel('to confirm').fill('Night work')
    await page.getByRole('button', { name: 'Revoke' }).last().click()
    await page.getByText('“Night work” is revoked').waitFor()
    await expect.poll(async () => (await ask()).status).toBe(401)
    expect(complaints).toEqual([])
  })
})

describe('paddock.yaml', () => {
  it('is checked while it is typed, shows what saving changes, and is left alone where somebody was quicker', async () => {
    await using workspace = openWorkspace('practice: { enabled: true }\ncharges:\n  - add_percent: "5"\n')
    const file = join(workspace.folder, 'paddock.yaml')
    const paddock = await workspace.serve()
    await using tab = await openConsole(paddock, '/settings')
    const { page, complaints } = tab
    const text = page.getByLabel('Text of paddock.yaml')
    const before = await text.inputValue()
    await text.fill(before.replace('"5"', 'many'))
    await page.getByRole('button', { name: 'line 3, column 18' }).click()
    const marked = await text.evaluate((area) => {
      const { value, selectionStart } = area as unknown as { value: string; selectionStart: number }
      return value.slice(selectionStart)
    })
    expect(marked).toMatch(/^many/)

    await text.fill(before.replace('"5"', '"7"'))
    appendFileSync(file, '# by hand\n')
    await page.getByRole('button', { name: 'Review and save' }).click()
    await page.getByText('- add_percent: "7"').last().waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Somebody has changed the file meanwhile').waitFor()
    expect(readFileSync(file, 'utf8')).toContain('"5"')

    await text.fill(`${await text.inputValue()}# by hand\n`)
    await page.getByRole('button', { name: 'Review and save' }).click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved, and in force').waitFor()
    expect(readFileSync(file, 'utf8')).toBe('practice: { enabled: true }\ncharges:\n  - add_percent: "7"\n# by hand\n')
    const rules = await page.request.get(`${paddock.url}/api/charges`)
    expect(await rules.json()).toMatchObject({ items: [{ add_percent: '7' }] })
    expect(complaints.filter((words) => !words.includes('409'))).toEqual([])
  })
})
