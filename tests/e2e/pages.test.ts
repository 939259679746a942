import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientOf, PASSWORD } from '../control/client.ts'
import { openWorkspace, type RunningPaddock, type Workspace } from '../paddock.ts'
import { barriers, hearComplaints, hearStrayRequests, openTab, whole } from './browser.ts'

/** Every page, in every language and both themes, on a week of the demo: nothing is refused, missing or hard to use. */

const PAGES = [
  '/',
  '/requests',
  '/races',
  '/leagues',
  '/prices',
  '/what-if',
  '/keys',
  '/bills',
  '/providers',
  '/routes',
  '/people',
  '/audit',
  '/settings',
]
/** One's own page, and parts of pages that have an address of their own. */
const UNLISTED = [
  '/profile',
  '/requests?live=true',
  '/leagues?tab=activity',
  '/leagues?tab=retention',
  '/leagues?tab=channels',
  '/prices?tab=changes',
  '/prices?tab=proposals',
  '/prices?tab=overrides',
  '/prices?of=openai/gpt-4o',
  '/keys?tab=budgets',
  '/keys?make=true',
  '/bills?tab=reconciliation',
  '/bills?tab=charges',
  '/providers?provider=practice',
  '/providers?add=true',
  '/settings?tab=force',
  '/settings?tab=doctor',
]
/** What is looked at alone: the first of a list. */
const SINGLE = { requests: 'request', races: 'race', keys: 'key' } as const
let singles: string[] = []

const WIDE = { width: 1280, height: 800 }
const PHONE = { width: 360, height: 740 }

const owner = { email: 'ada@example.com', name: 'Ada', password: PASSWORD }
let workspace: Workspace
let paddock: RunningPaddock

beforeAll(async () => {
  workspace = openWorkspace()
  const folder = `${workspace.folder}/demo`
  const { code, err } = await workspace.run(['demo', '--days', '7', '--data', folder])
  expect(err, 'paddock demo').not.toMatch(/error/i)
  expect(code).toBe(0)
  paddock = await workspace.serve({ args: ['--data', folder, '--config', `${folder}/paddock.yaml`] })
  const [, token] = (paddock.started.setupLink ?? '').split('#')
  const client = clientOf(paddock.url)
  const { status, session } = await client('POST /api/setup', { body: { token, ...owner } })
  expect(status).toBe(201)
  const firstOf = async (list: string): Promise<string> =>
    (await client(`GET /api/${list}?limit=1`, { as: { session } })).body.items[0].id
  singles = await Promise.all(
    Object.entries(SINGLE).map(async ([list, name]) => `/${list}?${name}=${await firstOf(list)}`),
  )
})
afterAll(() => workspace[Symbol.asyncDispose]())

describe.each(['en', 'zh-CN', 'ja'])('in %s', (locale) => {
  it('every page is whole, usable in light and dark, and no wider than a small phone', async () => {
    await using tab = await openTab(locale)
    const { page } = tab
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const complaints = hearComplaints(page)
    const strays = hearStrayRequests(page, paddock.url)
    await page.request.post(`${paddock.url}/api/session`, { data: { email: owner.email, password: owner.password } })

    const faults: string[] = []
    for (const path of [...PAGES, ...UNLISTED, ...singles]) {
      await page.setViewportSize(WIDE)
      await page.emulateMedia({ colorScheme: 'light' })
      await page.goto(`${paddock.url}/console${path === '/' ? '' : path}`)
      await whole(page)
      const alerts = await page.getByRole('alert').allTextContents()
      const found = [...alerts, ...(await barriers(page))]
      // Nothing but colours differs.
      await page.emulateMedia({ colorScheme: 'dark' })
      found.push(...(await barriers(page, 'color-contrast')))
      for (const size of [WIDE, PHONE]) {
        await page.setViewportSize(size)
        const width = await page.evaluate('document.documentElement.scrollWidth')
        if (width !== size.width) found.push(`scrolls sideways at ${size.width}`)
      }
      faults.push(...found.map((text) => `${path}: ${text}`))
    }
    expect({ faults, complaints, strays }).toEqual({ faults: [], complaints: [], strays: [] })
    await page.setViewportSize(WIDE)
    await page.goto(`${paddock.url}/console`)
    await whole(page)
    const links = await page.locator('nav').first().getByRole('link').all()
    const listed = await Promise.all(links.map((link) => link.getAttribute('href')))
    expect(listed).toEqual(PAGES.map((path) => `/console${path}`))
  }, 300_000)
})
