import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

/**
 * Takes pictures of pages of the console, in languages, themes and widths:
 * npx tsx scripts/screenshots.ts --url http://127.0.0.1:4400 --email you@example.com --password '…' --out pictures / /prices
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:4400' },
    email: { type: 'string', default: '' },
    password: { type: 'string', default: '' },
    out: { type: 'string', default: 'pictures' },
    languages: { type: 'string', default: 'en,zh,ja' },
    themes: { type: 'string', default: 'light,dark' },
    widths: { type: 'string', default: '1440,390' },
    /** Only what fits on the screen. */
    screen: { type: 'boolean', default: false },
  },
})

mkdirSync(values.out, { recursive: true })
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
const context = await browser.newContext({ deviceScaleFactor: 1 })
const page = await context.newPage()
const complaints: string[] = []
page.on('console', (message) => message.type() === 'error' && complaints.push(`${page.url()}: ${message.text()}`))
page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))

const signedIn = await context.request.post(`${values.url}/api/session`, {
  data: { email: values.email, password: values.password },
  headers: { 'x-paddock': '1' },
})
if (!signedIn.ok()) throw new Error(`Could not sign in: ${await signedIn.text()}`)

type View = { readonly language: string; readonly theme: string; readonly width: string }

const views = values.languages
  .split(',')
  .flatMap((language) => values.themes.split(',').map((theme) => ({ language, theme })))
  .flatMap((view): View[] => values.widths.split(',').map((width) => ({ ...view, width })))

for (const view of views) for (const path of positionals) await take(path, view)

async function take(path: string, { language, theme, width }: View): Promise<void> {
  await page.setViewportSize({ width: Number(width), height: Number(width) < 600 ? 844 : 900 })
  await page.addInitScript({
    content: `localStorage.setItem('paddock.language', '${language}'); localStorage.setItem('paddock.theme', '${theme}')`,
  })
  await page.goto(`${values.url}/console${path}`)
  // Pages that listen are never quite idle, so this does not wait for that for ever.
  await page.waitForLoadState('networkidle', { timeout: 5000 }).catch(() => undefined)
  await page
    .locator('.animate-pulse.bg-raised')
    .first()
    .waitFor({ state: 'detached', timeout: 5000 })
    .catch(() => undefined)
  const name = path.split('?')[0]?.replaceAll('/', '') || 'overview'
  await page.screenshot({
    path: join(values.out, `${name}-${language}-${theme}-${width}.png`),
    fullPage: !values.screen,
  })
}

await browser.close()
for (const complaint of new Set(complaints)) console.error(complaint)
if (complaints.length > 0) process.exitCode = 1
