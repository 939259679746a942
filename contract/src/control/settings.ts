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

const change = { who: ['owner', 'admin'], of: 'installation' } as const

/** Something in paddock.yaml that keeps it from being used. */
export const settingsFault = z.object({
  /** From 1; null where it is about no place. */
  line: z.int().nullable(),
  column: z.int().nullable(),
  /** The way to the value: "routes.0.candidates.0.model". */
  where: z.string().nullable(),
  what: z.string(),
  /** Null where `what` says it already. */
  fix: z.string().nullable(),
})

const text = z.string().max(1_000_000)

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
  file: endpoint({
    method: 'GET',
    path: '/api/settings/file',
    summary: 'paddock.yaml as text, with a mark in the place of each secret; where it would be, if there is none',
    rule: change,
    answer: z.object({
      path: z.string(),
      exists: z.boolean(),
      /** Secrets are marks such as <kept-secret-1>: sent back, each stands for the same secret again. */
      text: z.string(),
      /** SHA-256 of the file, to send along with a change; null where there is no file. */
      digest: z.string().nullable(),
      /** Whether the file can be replaced by this server. */
      writable: z.boolean(),
      /** What keeps it from being used as it lies there: the last good one serves on. */
      faults: z.array(settingsFault),
    }),
  }),
  validate: endpoint({
    method: 'POST',
    path: '/api/settings/validate',
    looks: true,
    bodyBytesMax: 4 * 1024 * 1024,
    summary: 'Everything that is wrong with a text as paddock.yaml; nothing is changed',
    rule: change,
    body: z.strictObject({ text }),
    answer: z.object({ ok: z.boolean(), faults: z.array(settingsFault), warnings: z.array(z.string()) }),
  }),
  write: endpoint({
    method: 'PUT',
    path: '/api/settings/file',
    bodyBytesMax: 4 * 1024 * 1024,
    summary: 'Replace paddock.yaml, whole and only if it can be used; it counts at once',
    rule: change,
    body: z.strictObject({
      text,
      /** That of the file that was read; null where there was none. */
      digest: z.string().nullable(),
    }),
    answer: z.object({
      path: z.string(),
      digest: z.string(),
      /** What counts only after a restart. */
      needs_restart: z.array(z.string()),
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
