import { writeFileSync } from 'node:fs'
import { API } from '@paddock/contract/control/api'
import type { Endpoint } from '@paddock/contract/control/endpoint'

/**
 * Writes webkit/src/api/endpoints.ts: where each operation of the control plane is. Pages get the shapes as types alone, so that
 * the library which checks them on the server is no part of what browsers load.
 */
export function endpointsFile(): string {
  const lines = Object.entries(API).flatMap(([subject, endpoints]) =>
    Object.entries<Endpoint>(endpoints).map(
      ([verb, { method, path }]) => `  '${subject}.${verb}': ['${method}', '${path}'],`,
    ),
  )
  return [
    '/** Where each operation is. Made from @paddock/contract: npx tsx --conditions=paddock-source scripts/write-endpoints.ts */',
    'export const ENDPOINTS = {',
    ...lines,
    '} as const',
    '',
  ].join('\n')
}

if (import.meta.filename === process.argv[1]) writeFileSync('webkit/src/api/endpoints.ts', endpointsFile())
