import { needKind, needMember, needName, needText, refuse } from '../check.ts'
import {
  checkMaxTokens,
  checkMetadata,
  checkModel,
  checkUser,
  kindOf,
  numberFrom,
  orNull,
  type FieldCheck,
} from '../field-checks.ts'
import { memberPresent, memberText } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'
import type { RequestLimits } from '../limits.ts'
import { passedFields } from '../request-fields.ts'
import { checkSchema } from '../schema-check.ts'
import { checkTool, checkToolList } from '../tool-checks.ts'
import { checkInput } from './items.ts'

/** The fields this dialect defines, and what is checked of each. */

const DEFINED: Readonly<Record<string, FieldCheck>> = {
  model: checkModel,
  input: checkInput,
  instructions: orNull(kindOf('string')),
  stream: orNull(kindOf('boolean')),
  max_output_tokens: orNull(checkMaxTokens),
  temperature: orNull(numberFrom(0, 2)),
  top_p: orNull(numberFrom(0, 1)),
  tools: orNull(checkTools),
  tool_choice: orNull(kindOf('string', 'object')),
  parallel_tool_calls: orNull(kindOf('boolean')),
  text: orNull(checkText),
  reasoning: orNull(kindOf('object')),
  metadata: orNull(checkMetadata),
  user: orNull(checkUser),
  store: orNull(kindOf('boolean')),
  previous_response_id: orNull((value) => needText(value)),
  background: orNull(checkBackground),
  include: orNull(kindOf('array')),
  service_tier: orNull(kindOf('string')),
}

const PASSED =
  'stream_options top_logprobs truncation conversation prompt safety_identifier prompt_cache_key ' +
  'prompt_cache_retention max_tool_calls context_management'

export const FIELD_CHECKS: ReadonlyMap<string, FieldCheck> = new Map([
  ...Object.entries(DEFINED),
  ...passedFields(PASSED),
])

function checkTools(tools: JsonValue, limits: RequestLimits): void {
  checkToolList(tools, limits, (tool, names) => {
    const type = needText(needMember(tool, 'type', 'It is "function" for a function of yours.'))
    if (type === 'function') checkTool(tool, names, 'parameters')
  })
}

function checkText(text: JsonValue): void {
  needKind(text, 'object')
  const format = memberPresent(text, 'format')
  if (format === undefined || memberText(format, 'type') !== 'json_schema') return
  needName(needMember(format, 'name', 'Give the schema a name.'), 'schema_invalid')
  checkSchema(needMember(format, 'schema', 'Give the schema.'))
}

/** An answer that nobody waits for would have no end in the books. */
function checkBackground(background: JsonValue): void {
  needKind(background, 'boolean')
  if (background.isTrue())
    throw refuse('value_unknown', background, 'must be false: answers are not made in the background here.')
}
