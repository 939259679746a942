import { source as axe } from 'axe-core'
import { chromium, type Browser, type Page } from 'playwright-core'
import { CHROMIUM } from './has-browser.ts'

/** A real browser for tests of pages. */

async function launch(): Promise<Browser> {
  return await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
}

export type Tab = AsyncDisposable & {
  readonly page: Page
  /** A page of somebody else: it shares the browser, and nothing that is kept in it. */
  readonly elsewhere: () => Promise<Page>
}

/** A page in a browser of its own, which is closed at the end of the test: `await using tab = await openTab('en')`. */
export async function openTab(locale: string): Promise<Tab> {
  const browser = await launch()
  const elsewhere = async (): Promise<Page> => {
    const page = await browser.newPage({ locale })
    // Shorter than a test may take, so that the step that hangs is named.
    page.setDefaultTimeout(15_000)
    return page
  }
  return { page: await elsewhere(), elsewhere, [Symbol.asyncDispose]: () => browser.close() }
}

/** Waits until everything that a page asked for is there: no skeletons, and nothing of an earlier question. */
export async function whole(page: Page): Promise<void> {
  await page.locator('h1').waitFor()
  await page.locator('.animate-pulse.bg-raised, [aria-busy=true]').first().waitFor({ state: 'detached' })
}

type Finding = { readonly id: string; readonly impact: string; readonly nodes: readonly { readonly html: string }[] }

/**
 * What keeps people from using what is shown now, as axe finds it by all of its rules or one. The policy of the page does not bind
 * what is run here.
 */
export async function barriers(page: Page, rule?: string): Promise<string[]> {
  const options = { resultTypes: ['violations'], ...(rule === undefined ? {} : { runOnly: [rule] }) }
  const found = (await page.evaluate(`${axe}; axe.run(${JSON.stringify(options)})`)) as { violations: Finding[] }
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** What a page has complained of: errors in its console, of its scripts, and of its policy. None is expected. */
export function hearComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  return complaints
}

/** Requests that leave the server the page came from: there must be none. */
export function hearStrayRequests(page: Page, own: string): string[] {
  const strays: string[] = []
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(own) && !/^(?:data|blob):/.test(url)) strays.push(url)
  })
  return strays
}
