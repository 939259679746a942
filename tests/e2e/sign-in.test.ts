import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appCode } from '../control/app-code.ts'
import { openBench, PASSWORD, type Bench } from '../control/client.ts'
import { CLIENT_SECRET, startIdentityProvider } from '../control/identity-provider.ts'
import { barriers, openTab, type Tab } from './browser.ts'

/** Signing in with more than a password, or without one, in a real browser. Those keep passkeys for names, so the server is asked as localhost. */

const STEP_MS = 30_000
let provider: Awaited<ReturnType<typeof startIdentityProvider>>
let bench: Bench
let url = ''
let tab: Tab
beforeAll(async () => {
  provider = await startIdentityProvider()
  const oidc = `{ issuer: "${provider.issuer}", client_id: paddock, client_secret: "${CLIENT_SECRET}", name: Example }`
  bench = await openBench(`practice: { enabled: true }\nsign_in:\n  oidc: ${oidc}\n`)
  url = bench.server.url.replace('127.0.0.1', 'localhost')
  tab = await openTab('en')
})
afterAll(async () => {
  await tab[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
  await provider.close()
})

/** Somebody new in front of a browser, who has signed in with their password and looks at their profile. */
async function openProfile(email: string): Promise<Page> {
  await bench.join(bench.owner, email, 'developer')
  const page = await tab.elsewhere()
  await page.goto(`${url}/console`)
  await giveNames(page, email)
  await page.getByRole('button', { name: email }).click()
  await page.getByRole('menuitem', { name: 'Your profile' }).click()
  await page.getByRole('heading', { name: 'Your profile' }).waitFor()
  return page
}

async function giveNames(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function signOut(page: Page, email: string): Promise<void> {
  await page.getByRole('button', { name: email }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in to Paddock' }).waitFor()
}

describe('signing in', { timeout: 120_000 }, () => {
  it('asks for a code of the app once the second factor is on, and takes each code and recovery code once', async () => {
    const email = 'ada@example.com'
    const page = await openProfile(email)
    await page.getByRole('button', { name: 'Set up' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Your password').fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Go on' }).click()
    const secret = ((await dialog.getByLabel('Secret').textContent()) ?? '').replaceAll(' ', '')
    expect(await barriers(page)).toEqual([])
    const confirmed = Date.now()
    await dialog.getByLabel('Code that the app shows').fill(appCode(secret, confirmed))
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    const codes = (await dialog.getByLabel('Recovery codes').textContent())?.split('\n') ?? []
    expect(new Set(codes).size).toBeGreaterThan(5)
    expect(await barriers(page)).toEqual([])
    await dialog.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByRole('button', { name: 'Turn off' }).waitFor()

    const enter = async (code: string): Promise<void> => {
      await page.getByLabel('Code').fill(code)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    }
    await signOut(page, email)
    await giveNames(page, email)
    await enter(appCode(secret, confirmed))
    await page.getByRole('alert').waitFor()
    // Clocks differ, so the code of the next half minute is good already.
    await enter(appCode(secret, confirmed + STEP_MS))
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await signOut(page, email)
    await giveNames(page, email)
    await enter(codes[0] ?? '')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await signOut(page, email)
    await giveNames(page, email)
    await enter(codes[0] ?? '')
    await page.getByRole('alert').waitFor()
  })

  it('takes a passkey that was made in the profile, without a password, until it is removed', async () => {
    const email = 'eve@example.com'
    const page = await openProfile(email)
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What to call it').fill('Work laptop')
    await dialog.getByLabel('Your password').fill(PASSWORD)
    expect(await barriers(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('listitem').filter({ hasText: 'Work laptop' }).getByText('Last used never').waitFor()

    await signOut(page, email)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.getByRole('button', { name: email }).click()
    await page.getByRole('menuitem', { name: 'Your profile' }).click()
    const kept = page.getByRole('listitem').filter({ hasText: 'Work laptop' })
    await kept.getByText(/Last used (?!never)/).waitFor()
    await kept.getByRole('button', { name: 'Actions for Work laptop' }).click()
    await page.getByRole('menuitem', { name: 'Remove' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('None yet.').waitFor()

    await signOut(page, email)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('heading', { name: 'Sign in to Paddock' }).count()).toBe(1)
  })

  it("is by the company's provider of identities, which sends the browser back", async () => {
    const email = 'sue@example.com'
    await bench.join(bench.owner, email, 'viewer')
    const page = await tab.elsewhere()
    // Where the provider would show its own page, it is asked directly, and sends the browser back as it would.
    await page.route(`${provider.issuer}/authorize**`, async (route) => {
      const claims = { sub: 'sub-sue', email, email_verified: true, name: 'Sue' }
      const answer = provider.approve(route.request().url(), claims)
      await route.fulfill({ status: 302, headers: { location: `${bench.server.url}/console/sso?${answer}` } })
    })
    await page.goto(`${bench.server.url}/console/keys`)
    await page.getByRole('button', { name: 'Sign in with Example' }).click()
    await page.getByRole('button', { name: email }).waitFor()
    // What signed in is good once, and is no longer in the address.
    expect(page.url()).toMatch(/\/console\/?$/)

    await page.goto(`${bench.server.url}/console/sso?code=used&state=before`)
    await page.getByRole('alert').waitFor()
    await page.getByRole('link', { name: 'Sign in another way' }).waitFor()
  })
})
