import type { Usage } from '@paddock/contract/usage'
import { readInclusiveUsage, usageNames, writeInclusiveUsage } from '../inclusive-usage.ts'
import type { JsonValue } from '../json-text.ts'
import type { JsonMembers } from '../json-write.ts'
import type { UsageCounting, UsageReading } from '../usage-reading.ts'

/** Usage in this dialect: every counter is a part of the prompt's or the completion's. */

export type { UsageReading } from '../usage-reading.ts'

const NAMES = usageNames('prompt_tokens', 'completion_tokens')

/** Reads the value of `usage`. */
export function readUsage(usage: JsonValue, counting: UsageCounting): UsageReading {
  return readInclusiveUsage(usage, NAMES, counting)
}

export function writeUsage(usage: Usage): JsonMembers {
  return writeInclusiveUsage(usage, NAMES)
}
