import tailwind from '@tailwindcss/vite'
import { defineConfig } from 'vite'

/** Built into console/dist, which the server serves under /console. While developing, /api is asked of a server that runs. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [tailwind()],
  build: {
    target: 'es2023',
    // The policy of the pages lets nothing run that is not a file of this server.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Says which files belong together: a test adds up what the first page loads.
    manifest: 'manifest.json',
    rolldownOptions: {
      // "use client" of libraries means nothing where there is no server that renders.
      onLog: (level, log, handler) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handler(level, log)
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4400', '/v1': 'http://127.0.0.1:4400' } },
})
