import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { openBench, PASSWORD, type Bench } from '../control/client.ts'
import { startFakeProvider, type FakeProvider, type FakeProviderOptions } from '../fake-provider/start.ts'
import { hearComplaints, openTab, whole, type Tab } from './browser.ts'

/** A running Paddock in front of a fake provider, and a browser in which the first owner has signed in. */
export type Console = Bench &
  Pick<Tab, 'page' | 'elsewhere'> & {
    readonly provider: FakeProvider
    /** Goes to a page of the console by its address. */
    readonly go: (path: string) => Promise<void>
    /** What the owner's page has complained of, but for requests that were refused. */
    readonly complaints: () => string[]
  }

type Opening = {
  /** Writes the configuration, given the fake provider's base URL. */
  readonly yaml: (providerUrl: string) => readonly string[]
  /** What each model of the fake provider does. */
  readonly scripts?: FakeProviderOptions['scripts']
}

async function openConsole({ yaml, scripts = {} }: Opening): Promise<Console> {
  const provider = await startFakeProvider({ scripts })
  const bench = await openBench(yaml(provider.url).join('\n'))
  const tab = await openTab('en')
  const { page, elsewhere } = tab
  const complaints = hearComplaints(page)
  await signIn(page, bench.server.url, 'owner@example.com')
  return {
    ...bench,
    provider,
    page,
    elsewhere,
    go: async (path) => {
      await page.goto(`${bench.server.url}/console${path}`)
      await whole(page)
    },
    complaints: () => complaints.filter((text) => !/status of 4\d\d/.test(text)),
    [Symbol.asyncDispose]: async () => {
      await tab[Symbol.asyncDispose]()
      await bench[Symbol.asyncDispose]()
      await provider.close()
    },
  }
}

/** Signs in without the form, which has tests of its own. */
export async function signIn(page: Page, url: string, email: string): Promise<void> {
  const answer = await page.request.post(`${url}/api/session`, { data: { email, password: PASSWORD } })
  expect(answer.status()).toBe(201)
}

/** One console for all tests of a file, which follow each other in it as one goes from page to page. */
export function sharedConsole(opening: Opening): () => Console {
  let opened: Console | null = null
  beforeAll(async () => {
    opened = await openConsole(opening)
  })
  afterEach(async ({ task }) => {
    // What stood there when a step hung says more than the step.
    if (task.result?.state === 'fail') console.error(await opened?.page.locator('body').ariaSnapshot())
    expect(opened?.complaints()).toEqual([])
  })
  afterAll(() => opened?.[Symbol.asyncDispose]())
  return () => {
    if (opened === null) throw new Error('a console is open only while tests run')
    return opened
  }
}
