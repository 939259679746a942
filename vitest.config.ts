import { defineConfig } from 'vitest/config'
import { HAS_BROWSER } from './tests/e2e/has-browser.ts'

if (!HAS_BROWSER)
  console.warn('There is no Chromium here (PADDOCK_CHROMIUM names one): the tests of pages are left out.')

export default defineConfig({
  // Tests run on the sources: no build is needed, and a stack trace points at the line that was written.
  resolve: { conditions: ['paddock-source'] },
  ssr: { resolve: { conditions: ['paddock-source'] } },
  test: {
    include: ['{contract,server,webkit,console}/src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: HAS_BROWSER ? [] : ['tests/e2e/**'],
    // A test that asserts nothing passes whatever happens.
    expect: { requireAssertions: true },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
