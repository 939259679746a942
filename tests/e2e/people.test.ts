import { describe, expect, it } from 'vitest'
import { PASSWORD } from '../control/client.ts'
import { barriers, hearComplaints, whole } from './browser.ts'
import { sharedConsole } from './open-console.ts'

/** Inviting somebody, and what they see: what one may not do is left out, or says why it is not for them. */

const shared = sharedConsole({ yaml: () => ['practice: { enabled: true }'] })

describe('a viewer', { timeout: 120_000 }, () => {
  it('joins by the link that an owner made, and is listed as one', async () => {
    const { page, go, elsewhere, server } = shared()
    await go('/people')
    await page.getByRole('button', { name: 'Invite' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('E-mail').fill('vera@example.com')
    await dialog.getByLabel('Role').selectOption('Viewer')
    expect(await barriers(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Invite' }).click()
    const link = (await dialog.getByLabel('Link for vera@example.com').textContent()) ?? ''
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page
      .getByRole('row', { name: /vera@example\.com Viewer/ })
      .getByRole('button', { name: 'Withdraw' })
      .waitFor()

    const vera = await elsewhere()
    const complaints = hearComplaints(vera)
    await vera.goto(link)
    await vera.getByLabel('Your name').fill('Vera')
    await vera.getByLabel('Password').fill(PASSWORD)
    await vera.getByRole('button', { name: 'Join' }).click()
    await vera.getByRole('heading', { name: 'Overview' }).waitFor()
    const menu = vera.getByRole('navigation', { name: 'Menu' })
    expect(await menu.getByRole('link').allTextContents()).toEqual([
      'Overview',
      'Requests',
      'Races',
      'Leagues',
      'Prices',
      'What if',
      'Keys and budgets',
      'Providers',
      'Routes',
    ])

    // What is made or changed is for others; each such button says so.
    await menu.getByRole('link', { name: 'Keys and budgets' }).click()
    expect(await vera.getByRole('button', { name: 'New key' }).isDisabled()).toBe(true)
    await vera.getByRole('button', { name: 'first key' }).click()
    await vera.getByRole('link', { name: 'Its requests' }).waitFor()
    expect(await vera.getByRole('button', { name: 'Revoke' }).count()).toBe(0)
    await vera.goto(`${server.url}/console/prices?tab=overrides`)
    await whole(vera)
    expect(await vera.getByRole('button', { name: 'Set a price' }).first().isDisabled()).toBe(true)
    // Whoever knows the address of a page that is not listed is told by the server.
    await vera.goto(`${server.url}/console/audit`)
    await vera.getByRole('alert').getByText('You may not do this').first().waitFor()
    expect(await barriers(vera)).toEqual([])
    expect(complaints.filter((text) => !/status of 40[13]/.test(text))).toEqual([])

    await go('/people')
    await page.getByRole('row', { name: /Vera vera@example\.com Viewer/ }).waitFor()
    await page.getByText('No invitation is open.').waitFor()
  })

  it('is out at once when access is taken', async () => {
    const { page, go, elsewhere, server, join, owner } = shared()
    const { session } = await join(owner, 'max@example.com', 'viewer')
    const max = await elsewhere()
    const [name = '', value = ''] = session.split('=')
    await max.context().addCookies([{ name, value, url: server.url }])
    await max.goto(`${server.url}/console/requests`)
    await whole(max)
    await go('/people')
    await page.getByRole('button', { name: 'Actions for max@example.com' }).click()
    await page.getByRole('menuitem', { name: 'Disable access' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disable access' }).click()
    await page.getByRole('row', { name: /max@example\.com.*disabled/ }).waitFor()
    await max.getByRole('link', { name: 'Keys and budgets' }).click()
    await max.getByRole('heading', { name: 'Sign in to Paddock' }).waitFor()
    expect(await max.getByRole('navigation').count()).toBe(0)
  })
})
