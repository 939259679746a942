import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { source as axe } from 'axe-core'
import { clientOf, PASSWORD } from '../control/client.ts'
import { openWorkspace, type RunningPaddock, type Workspace } from '../paddock.ts'
import { hearComplaints, hearStrayRequests, openTab } from './browser.ts'

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
  '/keys?tab=budgets',
  '/keys?make=true',
  '/bills?tab=reconciliation',
  '/bills?tab=charges',
  '/settings?tab=force',
  '/settings?tab=doctor',
  '/leagues?tab=activity&by=model',
  '/leagues?tab=retention&period=1',
  '/leagues?tab=channels',
  '/providers?provider=practice',
  '/providers?provider=openai',
  '/providers?add=true',
  '/routes?ask=explain&name=chat',
  '/routes?ask=test&name=chat',
]

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
  const { status } = await clientOf(paddock.url)('POST /api/setup', { body: { token, ...owner } })
  expect(status).toBe(201)
})
afterAll(() => workspace[Symbol.asyncDispose]())

type Finding = { readonly id: string; readonly impact: string; readonly nodes: readonly { readonly html: string }[] }

describe.each(['en', 'zh-CN', 'ja'])('in %s', (locale) => {
  it.each(['light', 'dark'] as const)(
    'every page is whole and usable in %s colours',
    async (colorScheme) => {
      await using tab = await openTab(locale)
      const { page } = tab
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const complaints = hearComplaints(page)
      const strays = hearStrayRequests(page, paddock.url)
      await page.request.post(`${paddock.url}/api/session`, { data: { email: owner.email, password: owner.password } })

      const faults: string[] = []
      for (const path of [...PAGES, ...UNLISTED]) {
        await page.goto(`${paddock.url}/console${path === '/' ? '' : path}`)
        await page.locator('h1').waitFor()
        await page.locator('.animate-pulse.bg-raised').first().waitFor({ state: 'detached' })
        faults.push(...(await page.getByRole('alert').allTextContents()).map((text) => `${path}: ${text}`))
        // The policy of the page does not bind what the test runs in it.
        const found = (await page.evaluate(`${axe}; axe.run({ resultTypes: ['violations'] })`)) as {
          violations: Finding[]
        }
        const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        faults.push(...serious.map(({ id, nodes }) => `${path}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`))
        const wide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
        if (wide === true) faults.push(`${path} scrolls sideways`)
      }
      expect({ faults, complaints, strays }).toEqual({ faults: [], complaints: [], strays: [] })
      const listed = await page.locator('nav a').evaluateAll('links => links.map((link) => link.pathname)')
      expect(listed).toEqual(PAGES.map((path) => `/console${path}`))
    },
    180_000,
  )

  it('no page is wider than a small phone', async () => {
    await using tab = await openTab(locale)
    const { page } = tab
    await page.setViewportSize({ width: 360, height: 740 })
    await page.request.post(`${paddock.url}/api/session`, { data: { email: owner.email, password: owner.password } })
    const wide: string[] = []
    for (const path of [...PAGES, ...UNLISTED]) {
      await page.goto(`${paddock.url}/console${path === '/' ? '' : path}`)
      await page.locator('h1').waitFor()
      await page.locator('.animate-pulse.bg-raised').first().waitFor({ state: 'detached' })
      if ((await page.evaluate('document.documentElement.scrollWidth')) !== 360) wide.push(path)
    }
    expect(wide).toEqual([])
  }, 120_000)
})
