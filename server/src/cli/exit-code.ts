import type { ErrorCode } from '@paddock/contract/errors'

/** Exit codes as sysexits.h has them, where it has one: 73 cannot create, 74 input/output, 78 configuration. */
const EXIT_CODES: Partial<Record<ErrorCode, number>> = {
  argument_invalid: 2,
  entries_forgotten: 2,
  port_unusable: 2,
  data_in_use: 73,
  data_unusable: 74,
  config_invalid: 78,
  price_invalid: 78,
}

export function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[code] ?? 1
}
