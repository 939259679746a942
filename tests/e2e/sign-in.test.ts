import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { clientOf, PASSWORD } from '../control/client.ts'
import { CLIENT_SECRET, startIdentityProvider } from '../control/identity-provider.ts'
import { openWorkspace, type RunningPaddock } from '../paddock.ts'
import { hearComplaints, openTab } from './browser.ts'

/** Signing in without a password, in a real browser. */

const owner = { email: 'ada@example.com', name: 'Ada', password: PASSWORD }

async function setUp(paddock: RunningPaddock): Promise<void> {
  const [, token] = (paddock.started.setupLink ?? '').split('#')
  const { status } = await clientOf(paddock.url)('POST /api/setup', { body: { token, ...owner } })
  expect(status).toBe(201)
}

/** A device that keeps passkeys, and whose owner always says yes. */
async function plugInAuthenticator(page: Page): Promise<void> {
  const browser = await page.context().newCDPSession(page)
  await browser.send('WebAuthn.enable')
  await browser.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

describe('signing in', () => {
  it('by a passkey that was added in the profile, until it is removed there', async () => {
    await using workspace = openWorkspace()
    const paddock = await workspace.serve()
    await setUp(paddock)
    await using tab = await openTab('en')
    const { page } = tab
    const complaints = hearComplaints(page)
    await plugInAuthenticator(page)
    // Browsers keep passkeys for names, not for numbers.
    const url = paddock.url.replace('127.0.0.1', 'localhost')
    await page.request.post(`${url}/api/session`, { data: { email: owner.email, password: owner.password } })
    await page.goto(`${url}/console/profile`)
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByLabel('What to call it').fill('Laptop')
    await page.getByLabel('Your password').fill(owner.password)
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('button', { name: 'Actions for Laptop' }).waitFor()

    await page.context().clearCookies()
    await page.reload()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('heading', { name: 'Your profile' }).waitFor()

    await page.getByRole('button', { name: 'Actions for Laptop' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('None yet.').waitFor()
    await page.context().clearCookies()
    await page.reload()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('alert').waitFor()
    expect(complaints.filter((text) => !/40[0-9]/.test(text))).toEqual([])
  })

  it("by the company's provider of identities, which sends the browser back", async () => {
    const provider = await startIdentityProvider()
    try {
      const oidc = `{ issuer: "${provider.issuer}", client_id: paddock, client_secret: "${CLIENT_SECRET}", name: Example }`
      await using workspace = openWorkspace(`practice: { enabled: true }\nsign_in:\n  oidc: ${oidc}\n`)
      const paddock = await workspace.serve()
      await setUp(paddock)
      await using tab = await openTab('en')
      const { page } = tab
      // Where the provider would show its own page, it is asked directly, and sends the browser back as it would.
      await page.route(`${provider.issuer}/authorize**`, async (route) => {
        const answer = provider.approve(route.request().url(), {
          sub: 'sub-ada',
          email: owner.email,
          email_verified: true,
          name: owner.name,
        })
        await route.fulfill({ status: 302, headers: { location: `${paddock.url}/console/sso?${answer}` } })
      })
      await page.goto(`${paddock.url}/console/keys`)
      await page.getByRole('button', { name: 'Sign in with Example' }).click()
      await page.getByRole('button', { name: 'Ada' }).waitFor()
      // What signed in is good once, and is no longer in the address.
      expect(page.url()).toMatch(/\/console\/?$/)

      await page.goto(`${paddock.url}/console/sso?code=used&state=before`)
      await page.getByRole('alert').waitFor()
      await page.getByRole('link', { name: 'Sign in another way' }).waitFor()
    } finally {
      await provider.close()
    }
  })
})
