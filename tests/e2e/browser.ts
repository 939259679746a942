import { chromium, type Browser, type Page } from 'playwright-core'
import { CHROMIUM } from './has-browser.ts'

/** A real browser for tests of pages. */

async function launch(): Promise<Browser> {
  return await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
}

/** A page in a browser of its own, which is closed at the end of the test: `await using tab = await openTab('en')`. */
export async function openTab(locale: string): Promise<{ readonly page: Page } & AsyncDisposable> {
  const browser = await launch()
  const page = await browser.newPage({ locale })
  // Shorter than a test may take, so that the step that hangs is named.
  page.setDefaultTimeout(15_000)
  return { page, [Symbol.asyncDispose]: () => browser.close() }
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
