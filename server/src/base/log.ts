import { destination, pino, stdTimeFunctions, type Logger } from 'pino'
import { withoutSecrets } from './errors.ts'

/**
 * The only things a log line may carry. Lines are built from this list and never from request objects, so a header, a
 * key or a prompt cannot slip into a log by being part of something that was logged.
 */
const FIELDS = [
  'request_id',
  'key_id',
  'method',
  'path',
  'status',
  'code',
  'param',
  'state',
  'provider',
  'model',
  'duration_ms',
  'first_byte_ms',
  'input_tokens',
  'output_tokens',
  'host',
  'port',
  'folder',
  'file',
  'count',
  'bytes',
  'reason',
  'signal',
  'race',
  'route',
  'kind',
  'challenger',
] as const

export type LogFields = { readonly [Field in (typeof FIELDS)[number]]?: string | number | boolean | null | undefined }
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type Log = {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  /** `cause` adds the error's name, message and stack, with anything that looks like a credential blanked. */
  error(event: string, fields?: LogFields, cause?: unknown): void
}

/** Writes JSON lines to standard error; standard output belongs to what a command was asked for. */
export function openLog(level: LogLevel): Log {
  const lines = pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, destination({ dest: 2, sync: true }))
  return {
    debug: (event, fields) => {
      write(lines, 'debug', { event, fields })
    },
    info: (event, fields) => {
      write(lines, 'info', { event, fields })
    },
    warn: (event, fields) => {
      write(lines, 'warn', { event, fields })
    },
    error: (event, fields, cause) => {
      write(lines, 'error', { event, fields, cause })
    },
  }
}

type Line = { readonly event: string; readonly fields?: LogFields | undefined; readonly cause?: unknown }

function write(lines: Logger, level: Exclude<LogLevel, 'silent'>, line: Line): void {
  if (!lines.isLevelEnabled(level)) return
  const record: Record<string, unknown> = {}
  for (const field of FIELDS) {
    const value = line.fields?.[field]
    if (value !== undefined) record[field] = typeof value === 'string' ? withoutSecrets(value) : value
  }
  if (line.cause !== undefined) record['cause'] = describe(line.cause)
  lines[level](record, line.event)
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return withoutSecrets(String(cause))
  const under = cause.cause === undefined ? '' : `\ncaused by: ${describe(cause.cause)}`
  return withoutSecrets(cause.stack ?? `${cause.name}: ${cause.message}`) + under
}
