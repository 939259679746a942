import { readFileSync } from 'node:fs'
import OpenAI, { APIError } from 'openai'
import { describe, expect, it } from 'vitest'
import { drained } from '../control/client.ts'
import { parseCsv } from '../stand-ins/parse-csv.ts'
import { barriers } from './browser.ts'
import { sharedConsole } from './open-console.ts'

/** An owner's day with money: a key that may spend a little, what it spent, other prices, and the record of all that. */

const shared = sharedConsole({
  yaml: (url) => [
    'providers:',
    `  lab: { base_url: "${url}", api_key: any, models: [small, large], currency: CNY }`,
    'prices:',
    '  - { model: lab/small, currency: CNY, per: 1000000, input: "1000", output: "2000", valid_from: 2024-01-01, level: contract }',
    '  - { model: lab/large, currency: CNY, per: 1000000, input: "5000", output: "9000", valid_from: 2024-01-01, level: contract }',
  ],
})

/** Twelve tokens in and five out: what the fake provider always charges. */
const AT_LIST = '0.022'
const AT_OVERRIDE = '0.0045'

let secret = ''
const client = () => new OpenAI({ baseURL: `${shared().server.url}/v1`, apiKey: secret, maxRetries: 0 })
async function ask(model = 'lab/small'): Promise<string> {
  const asked = { model, max_tokens: 5, messages: [{ role: 'user' as const, content: 'hello' }] }
  const { response } = await client().chat.completions.create(asked).withResponse()
  await drained(shared())
  return response.headers.get('x-paddock-cost') ?? ''
}

describe('money', { timeout: 120_000 }, () => {
  it('is given to a key whose secret is shown once, and works with the official client', async () => {
    const { page, go } = shared()
    await go('/keys')
    await page.getByRole('button', { name: 'New key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Nightly report')
    await dialog.getByLabel('Amount').fill('0.1')
    await dialog.getByLabel('Currency').fill('CNY')
    await dialog.getByLabel('Window').selectOption('a day')
    expect(await barriers(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await page.getByRole('heading', { name: 'Key “Nightly report” is made' }).waitFor()
    secret = (await dialog.getByLabel('Key', { exact: true }).textContent()) ?? ''
    expect(secret).toMatch(/^sk-pdk-/)
    expect(await barriers(page)).toEqual([])
    // Nobody has copied it, so closing asks once more.
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'Close anyway' }).click()
    await page.getByRole('button', { name: 'Nightly report' }).click()
    await page.getByRole('dialog').getByText('All models', { exact: true }).waitFor()
    expect(await page.content()).not.toContain(secret)
    expect(Number(await ask())).toBe(Number(AT_LIST))
  })
  it('is seen as it is spent: the request shows the moment it ends, and its price can be worked out again', async () => {
    const { page, go } = shared()
    await go('/requests')
    await page.getByRole('button', { name: 'Live' }).click()
    await page.getByRole('status').getByText('Requests show here the moment they end.').waitFor()
    expect(Number(await ask())).toBe(Number(AT_LIST))
    await page.getByRole('row').filter({ hasText: 'Nightly report' }).getByRole('button').click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText('the same to the last digit').waitFor()
    await drawer.getByRole('row', { name: `Sum ${AT_LIST} CNY` }).waitFor()
    expect(await barriers(page)).toEqual([])
  })

  it('is refused once it is spent, and goes on where more is given', async () => {
    const { page, go } = shared()
    const refusal = await ask().catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(APIError)
    expect(refusal).toMatchObject({ status: 402, code: 'budget_exhausted' })
    await go('/keys')
    const bar = (limit: string) => page.getByRole('img', { name: `CN¥0.044 spent and CN¥0.00 held of ${limit}` })
    await page
      .getByRole('row')
      .filter({ has: bar('CN¥0.10') })
      .getByRole('button')
      .click()
    await page.getByRole('button', { name: 'Change limits and budget' }).click()
    await page.getByRole('dialog').getByLabel('Amount').fill('9')
    await page.getByRole('button', { name: 'Save' }).click()
    await bar('CN¥9.00').waitFor()
    const cost = () => ask().then(Number, () => null)
    await expect.poll(cost, { timeout: 20_000 }).toBe(Number(AT_LIST))
  })

  it('is less at a price that is set here: first seen, then in force, and taken back', async () => {
    const { page, go } = shared()
    await go('/prices?tab=overrides')
    await page.getByRole('button', { name: 'Set a price' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Model').fill('lab/small')
    await dialog.getByLabel('Input, per 1M tokens').fill('125')
    await dialog.getByLabel('Output, per 1M tokens').fill('600')
    await dialog.getByLabel('Reason').fill('Contract of July')
    expect(await barriers(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Show the effect' }).click()
    // Three requests of a month, as they were and as they would be.
    await dialog.getByRole('listitem').getByText('CN¥0.066 → CN¥0.0135').waitFor()
    expect(Number(await ask())).toBe(Number(AT_LIST))
    await dialog.getByRole('button', { name: 'Set this price' }).click()
    await page.getByText('Price set: lab/small').waitFor()
    expect(Number(await ask())).toBe(Number(AT_OVERRIDE))

    await page.getByRole('link', { name: 'Price book' }).click()
    await page.getByLabel('Model').fill('lab/small')
    await page.getByRole('row', { name: /lab\/small.*CN¥125.*CN¥600.*Override/ }).waitFor()

    await page.getByRole('link', { name: 'Overrides' }).click()
    await page
      .getByRole('row')
      .filter({ hasText: 'Contract of July' })
      .getByRole('button', { name: 'Take back' })
      .click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click()
    await page.getByText('No price is set here').waitFor()
    expect(Number(await ask())).toBe(Number(AT_LIST))
  })

  it('would be more on another model, beside what the ledger says', async () => {
    const { page, go } = shared()
    await go('/what-if')
    const booked = page.getByRole('region', { name: 'As booked' })
    await booked.getByText('Equals the ledger to the last digit').waitFor()
    // Five requests at the list, one at the price that was set.
    await booked.getByTitle('0.1145 CNY').first().waitFor()
    const scenario = page.getByRole('region', { name: 'Scenario A' })
    await scenario.getByLabel('Model', { exact: true }).first().fill('lab/large')
    await page.getByRole('option', { name: 'lab/large' }).click()
    await scenario.getByTitle('0.63 CNY').first().waitFor()
    expect(await barriers(page)).toEqual([])
  })

  it('leaves a file of every request, and a record of every change that verifies', async () => {
    const { page, go } = shared()
    await go('/requests?model=lab/small')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ])
    const [head = [], ...rows] = parseCsv(readFileSync(await download.path(), 'utf8'))
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)])
    expect(column('cost.amount').map(Number)).toEqual(
      [AT_LIST, AT_OVERRIDE, ...Array<string>(4).fill(AT_LIST)].map(Number),
    )
    expect(new Set(column('key_name'))).toEqual(new Set(['Nightly report']))

    await go('/audit')
    for (const action of ['keys.create', 'keys.change', 'price_overrides.create', 'price_overrides.retract'])
      await page.getByRole('row', { name: new RegExp(`${action}.*done`) }).waitFor()
    await page.getByLabel('Action').selectOption('price_overrides')
    await page.getByRole('row', { name: /keys\.create/ }).waitFor({ state: 'detached' })
    await page.getByRole('row', { name: /price_overrides\.retract/ }).waitFor()
    await page.getByRole('button', { name: 'Verify the chain' }).click()
    await page.getByText(/All \d+ records are whole and in their place/).waitFor()
  })
})
