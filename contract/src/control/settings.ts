import { z } from 'zod'
import { endpoint } from './endpoint.ts'

/** What the operator decided, and whether the server has what it needs. */

const rule = { who: ['owner', 'admin', 'auditor'], of: 'installation' } as const

export const finding = z.object({
  check: z.string(),
  /** `note` is worth knowing, `fault` stops something from working. */
  result: z.enum(['good', 'note', 'fault']),
  detail: z.string(),
})

export const settingsApi = {
  settings: endpoint({
    method: 'GET',
    path: '/api/settings',
    summary: 'The configuration in force, from the command line, the environment and paddock.yaml; secrets left out',
    rule,
    answer: z.object({
      version: z.string(),
      config_file: z.string().nullable(),
      data_folder: z.string(),
      host: z.string(),
      port: z.int(),
      zone: z.string(),
      drain_seconds: z.number(),
      /** As paddock.yaml has them. */
      routes: z.array(z.record(z.string(), z.unknown())),
      charges: z.array(z.record(z.string(), z.unknown())),
      limits: z.record(z.string(), z.unknown()),
      practice: z.object({ enabled: z.boolean().nullable(), speed: z.number() }),
      /** Names of environment variables that set something; never their values. */
      environment: z.array(z.string()),
      warnings: z.array(z.string()),
    }),
  }),
  doctor: endpoint({
    method: 'GET',
    path: '/api/settings/doctor',
    summary: 'Look at what the server needs, and say what to mend',
    rule,
    answer: z.object({ ok: z.boolean(), findings: z.array(finding) }),
  }),
}
