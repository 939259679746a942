import { describe, expect, it } from 'vitest'
import { sharedConsole } from './open-console.ts'

/** A key as it is made, changed and ended in the console. What it spends is in spending.test.ts. */

const shared = sharedConsole({ yaml: () => ['practice: { enabled: true }'] })

describe('a key', { timeout: 120_000 }, () => {
  it('is made with limits, models and a budget, is changed, and is refused once it is revoked', async () => {
    const { page, go, server } = shared()
    await go('/keys')
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
    const secret = (await page.getByLabel('Key', { exact: true }).textContent()) ?? ''
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'Close anyway' }).click()
    await page.getByRole('button', { name: 'Night work' }).click()
    await page.getByText('60 requests/min').last().waitFor()

    const { model, prompt } = server.started.example
    const ask = () => server.post({ model, messages: [{ role: 'user', content: prompt }] }, { key: secret })
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
    // Within two seconds, it was said.
    await expect.poll(async () => (await ask()).status, { timeout: 20_000 }).toBe(401)
  })
})
