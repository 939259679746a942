import type { Usage } from '@paddock/contract/usage'
import { readInclusiveUsage, usageNames, writeInclusiveUsage } from '../inclusive-usage.ts'
import type { JsonValue } from '../json-text.ts'
import type { JsonMembers } from '../json-write.ts'
import type { UsageCounting, UsageReading } from '../usage-reading.ts'

/** Usage in this dialect: every counter is a part of the input's or the output's. */

const NAMES = usageNames('input_tokens', 'output_tokens')

/** Reads the value of `usage`. */
export function readUsage(usage: JsonValue, counting: UsageCounting): UsageReading {
  return readInclusiveUsage(usage, NAMES, counting)
}

export function writeUsage(usage: Usage): JsonMembers {
  return writeInclusiveUsage(usage, NAMES)
}
