import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Tests run on the sources: no build is needed, and a stack trace points at the line that was written.
  resolve: { conditions: ['paddock-source'] },
  ssr: { resolve: { conditions: ['paddock-source'] } },
  test: {
    include: ['{contract,server,webkit,console}/src/**/*.test.ts', 'tests/**/*.test.ts'],
    // A test that asserts nothing passes whatever happens.
    expect: { requireAssertions: true },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
