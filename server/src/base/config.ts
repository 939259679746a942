import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AlertsSetting, BudgetSetting } from '@paddock/contract/budgets'
import type { RacesSetting } from '@paddock/contract/races'
import type { ChargeSetting } from '@paddock/contract/charges'
import {
  configFile,
  type ConfigFile,
  type LimitsSetting,
  type ProviderSetting,
  type RouteSetting,
} from '@paddock/contract/config'
import type { FxSetting } from '@paddock/contract/fx'
import type { OidcSetting } from '@paddock/contract/sign-in'
import type { z } from 'zod'
import { LOG_LEVELS, type LogLevel } from './log.ts'
import { PaddockError } from './errors.ts'
import { parseYaml, type Environment, type YamlText } from './yaml.ts'

/** A price row of the operator, as written, with the place it was written at for error messages. */
export type RawPrice = { readonly raw: Readonly<Record<string, unknown>>; readonly place: string }

/** Everything the operator decided, from the command line, the environment and paddock.yaml, in that order of precedence. */
export type Config = {
  readonly host: string
  readonly port: number
  readonly dataFolder: string
  readonly configFile: string | null
  /** Where that is, or would be looked for. */
  readonly configPlace: string
  /** True where there is no file, or nothing in it. */
  readonly isBlank: boolean
  readonly logLevel: LogLevel | null
  readonly drainMsMax: number
  /** The time zone in which days of people and of budgets are counted. */
  readonly zone: string
  readonly providers: Readonly<Record<string, ProviderSetting>>
  readonly prices: readonly RawPrice[]
  /** What currencies are worth, to compare and to report. */
  readonly fx: readonly FxSetting[]
  readonly routes: readonly RouteSetting[]
  readonly charges: readonly ChargeSetting[]
  /** Limits of callers and models, as written. */
  readonly callerLimits: LimitsSetting
  readonly budgets: readonly BudgetSetting[]
  /** Where alerts go besides the log. */
  readonly alerts: AlertsSetting | null
  readonly races: RacesSetting
  /** How many whole months of entries are kept before the present one, and where older ones are archived; null: all, nowhere. */
  readonly books: { readonly keepMonths: number | null; readonly archive: string | null }
  readonly limits: {
    readonly bodyBytesMax: number
    readonly choicesMax: number
    readonly outputTokensMax: number
  }
  /** The cache of answers: for how many seconds where a route does not say, and how much memory. */
  readonly cache: { readonly seconds: number; readonly bytesMax: number }
  /** Kept answers: for how long, and how large. */
  readonly responses: { readonly keptMs: number; readonly bytesMax: number; readonly organisationBytesMax: number }
  /** Answers that are kept for requests that are sent again: for how long, and how large. */
  readonly idempotency: {
    readonly keptMs: number
    readonly replyBytesMax: number
    readonly organisationBytesMax: number
  }
  /** How people sign in beside passwords and passkeys. */
  readonly signIn: { readonly oidc?: OidcSetting | undefined }
  readonly practice: { readonly enabled: boolean | null; readonly speed: number }
  readonly environment: Environment
}

export type ConfigOptions = {
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly data?: string | undefined
  readonly config?: string | undefined
}

const MEBIBYTE = 1024 * 1024
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** Reads the configuration; with `text` in the place of the file's, if it is given. Throws `config_invalid` naming file, line, column and fix, or `argument_invalid`. */
export function readConfig(
  options: ConfigOptions,
  environment: Environment = process.env,
  text: string | null = null,
): Config {
  const place = placeOf(options, environment)
  const found = text !== null || isNamed(options, environment) || existsSync(place) ? place : null
  const yaml = found === null ? null : parseYaml(found, text ?? readText(found), environment)
  const file = yaml === null ? {} : checkFile(yaml)
  return {
    host: options.host ?? environment['PADDOCK_HOST'] ?? file.server?.host ?? '127.0.0.1',
    port: readPort(options.port ?? environment['PADDOCK_PORT']) ?? file.server?.port ?? 4400,
    dataFolder: resolve(options.data ?? environment['PADDOCK_DATA'] ?? 'paddock-data'),
    configFile: found,
    configPlace: place,
    isBlank: !yaml?.value,
    logLevel: readLogLevel(environment['PADDOCK_LOG_LEVEL']),
    drainMsMax: (file.server?.drain_seconds ?? 120) * 1000,
    zone: file.server?.zone ?? 'UTC',
    providers: file.providers ?? {},
    prices: yaml === null ? [] : readPrices(yaml, file),
    fx: file.fx ?? [],
    routes: file.routes ?? [],
    charges: file.charges ?? [],
    callerLimits: file.limits ?? {},
    budgets: file.budgets ?? [],
    alerts: file.alerts ?? null,
    races: file.races ?? {},
    books: { keepMonths: file.books?.keep_months ?? null, archive: file.books?.archive ?? null },
    limits: {
      bodyBytesMax: file.limits?.body_bytes_max ?? 32 * MEBIBYTE,
      choicesMax: file.limits?.choices_max ?? 8,
      outputTokensMax: file.limits?.output_tokens_max ?? MEBIBYTE,
    },
    cache: { seconds: file.cache?.seconds ?? 0, bytesMax: file.cache?.bytes_max ?? 64 * MEBIBYTE },
    responses: {
      keptMs: (file.responses?.keep_days ?? 30) * DAY_MS,
      bytesMax: file.responses?.bytes_max ?? 8 * MEBIBYTE,
      organisationBytesMax: file.responses?.organisation_bytes_max ?? 1024 * MEBIBYTE,
    },
    idempotency: {
      keptMs: (file.idempotency?.keep_hours ?? 24) * HOUR_MS,
      replyBytesMax: file.idempotency?.answer_bytes_max ?? 8 * MEBIBYTE,
      organisationBytesMax: file.idempotency?.organisation_bytes_max ?? 1024 * MEBIBYTE,
    },
    signIn: file.sign_in ?? {},
    practice: {
      enabled: file.practice?.enabled ?? null,
      speed: readSpeed(environment['PADDOCK_PRACTICE_SPEED']) ?? file.practice?.speed ?? 1,
    },
    environment,
  }
}

function placeOf(options: ConfigOptions, environment: Environment): string {
  return resolve(options.config ?? environment['PADDOCK_CONFIG'] ?? 'paddock.yaml')
}

function isNamed(options: ConfigOptions, environment: Environment): boolean {
  return (options.config ?? environment['PADDOCK_CONFIG']) !== undefined
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new PaddockError('config_invalid', { message: `The configuration file ${path} cannot be read.`, cause })
  }
}

function checkFile(yaml: YamlText): ConfigFile {
  const checked = configFile.safeParse(yaml.value ?? {})
  if (checked.success) return checked.data
  const problems = checked.error.issues.map(
    (issue) => `${yaml.place(placeOfIssue(issue))}: ${issue.path.join('.')}: ${issue.message}`,
  )
  throw new PaddockError('config_invalid', { message: problems.join('\n') })
}

/** A key nobody knows is looked for itself, and not where what holds it begins. */
function placeOfIssue(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path
}

/** Prices keep the text they were written with, so that 0.1 reaches the price book as "0.1" and never as a float. */
function readPrices(yaml: YamlText, file: ConfigFile): RawPrice[] {
  return (file.prices ?? []).map((_, index) => ({
    raw: yaml.textsAt(['prices', index]) as Record<string, unknown>,
    place: yaml.place(['prices', index]),
  }))
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new PaddockError('argument_invalid', {
    message: `The port must be a whole number from 0 to 65535; got "${text}". Set it with --port or PADDOCK_PORT.`,
  })
}

function readSpeed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const speed = Number(text)
  if (text.trim() !== '' && Number.isFinite(speed) && speed >= 0) return speed
  throw new PaddockError('argument_invalid', {
    message: `PADDOCK_PRACTICE_SPEED must be a number from 0 (no waiting) upwards, 1 being real time; got "${text}".`,
  })
}

function readLogLevel(text: string | undefined): LogLevel | null {
  if (text === undefined) return null
  const level = LOG_LEVELS.find((each) => each === text)
  if (level !== undefined) return level
  throw new PaddockError('argument_invalid', {
    message: `PADDOCK_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}; got "${text}".`,
  })
}
