import { describe, expect, it } from 'vitest'
import { barriers } from './browser.ts'
import { sharedConsole } from './open-console.ts'

/** A race on the practice data from its start to its report, and one on a route that a person decides. */

const shared = sharedConsole({
  yaml: (url) => [
    'practice: { enabled: true }',
    'providers:',
    `  lab: { base_url: "${url}", api_key: any, models: [large, small], currency: CNY }`,
    'prices:',
    '  - { model: lab/large, currency: CNY, per: 1000000, input: "10", output: "20", valid_from: 2024-01-01 }',
    '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
    'routes: [{ name: chat, candidates: [{ model: lab/large }, { model: lab/small, weight: 0 }] }]',
    'fx: [{ from: USD, to: CNY, rate: "7.2", valid_from: 2024-01-01 }]',
  ],
})

describe('a race', { timeout: 180_000 }, () => {
  it('on the practice data runs while one looks on, and ends in a report', async () => {
    const { page, go } = shared()
    await go('/races')
    await page.getByRole('button', { name: 'Race on practice data' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Champion').selectOption('practice/gpt-4o-2024-05-13')
    await dialog.getByLabel('yi-large', { exact: true }).check()
    expect(await barriers(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Start' }).click()
    await page.getByRole('img', { name: /^[1-9]\d* of at most 1,319 questions$/ }).waitFor()
    // As on the command line: it is far worse at these problems.
    await page.getByText('Verdict: keep the champion').waitFor({ timeout: 90_000 })
    await page.getByRole('region', { name: 'Progress' }).getByText('reject').waitFor()
    await page.getByRole('region', { name: 'Report' }).getByRole('row', { name: /yi-large.*too bad/ }).waitFor()
    await page.getByText('Right answer:').waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('link', { name: 'All races' }).click()
    await page.getByRole('row', { name: /yi-large.*reject/ }).waitFor()
  })

  it('on a route is planned, started, promoted against its evidence, and rolled back, each time by a person', async () => {
    const { page, go, server } = shared()
    let asked = 0
    const answeredBy = async (): Promise<string> => {
      const body = { model: 'chat', user: `user ${(asked += 1)}`, messages: [{ role: 'user', content: 'hello' }] }
      const answer = await server.post(body)
      await answer.text()
      return answer.headers.get('x-paddock-model') ?? ''
    }
    await go('/races')
    await page.getByRole('button', { name: 'Start a race' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Route').selectOption('chat')
    await dialog.getByText('Champion: lab/large').waitFor()
    await dialog.getByLabel('Challenger', { exact: true }).fill('lab/small')
    await dialog.getByRole('button', { name: 'Show the plan' }).click()
    await dialog.getByText(/Planned to take [\d,]+ trials/).waitFor()
    expect(await barriers(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Start a race' }).click()
    await page.getByRole('heading', { name: 'chat', level: 1 }).waitFor()
    await page.getByText('running', { exact: true }).waitFor()

    await page.getByRole('button', { name: 'Promote' }).click()
    await dialog.getByText('this is against the evidence').waitFor()
    const promote = dialog.getByRole('button', { name: 'Promote' })
    expect(await promote.isDisabled()).toBe(true)
    await dialog.getByLabel('Type “chat” to confirm').fill('chat')
    await dialog.getByLabel(/Reason/).fill('The bill is due')
    await promote.click()
    await page.getByText('promoted, watched').waitFor()
    await expect.poll(answeredBy, { timeout: 20_000 }).toBe('small')

    await page.getByRole('button', { name: 'Roll back' }).click()
    expect(await barriers(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Roll back' }).click()
    await page.getByText('rolled back', { exact: true }).first().waitFor()
    await expect.poll(answeredBy, { timeout: 20_000 }).toBe('large')
    const verdicts = page.getByRole('listitem').filter({ hasText: 'owner@example.com' })
    await verdicts.filter({ hasText: 'The bill is due' }).waitFor()
    expect(await verdicts.locator('span').first().textContent()).toBe('rolled back')
    expect(await verdicts.count()).toBe(3)
    await page.getByRole('button', { name: 'Check the chain' }).click()
    await page.getByText('All 3 verdicts of all races are as they were written').waitFor()
    expect(await barriers(page)).toEqual([])
  })
})
