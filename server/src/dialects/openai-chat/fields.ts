import { describe, needKind, needMember, needText, needWholeNumber, refuse } from '../check.ts'
import {
  checkChoices,
  checkMaxTokens,
  checkMetadata,
  checkModel,
  checkStop,
  checkUser,
  kindOf,
  numberFrom,
  orNull,
  type FieldCheck,
} from '../field-checks.ts'
import type { JsonValue } from '../json-text.ts'
import { passedFields } from '../request-fields.ts'
import { checkTool, checkToolList } from '../tool-checks.ts'
import { checkMessages } from './messages.ts'
import { checkResponseFormat } from './response-format.ts'

const TOP_LOGPROBS_MAX = 20

/** The fields this dialect defines, and what is checked of each. */
const DEFINED: Readonly<Record<string, FieldCheck>> = {
  model: checkModel,
  messages: checkMessages,
  stream: orNull(kindOf('boolean')),
  stream_options: orNull(checkStreamOptions),
  max_tokens: orNull(checkMaxTokens),
  max_completion_tokens: orNull(checkMaxTokens),
  n: orNull(checkChoices),
  temperature: numberFrom(0, 2),
  top_p: numberFrom(0, 1),
  frequency_penalty: numberFrom(-2, 2),
  presence_penalty: numberFrom(-2, 2),
  stop: orNull(checkStop),
  seed: orNull(checkSeed),
  user: orNull(checkUser),
  metadata: orNull(checkMetadata),
  response_format: orNull(checkResponseFormat),
  tools: orNull((tools, limits) => {
    checkToolList(tools, limits, checkFunctionTool)
  }),
  functions: orNull((functions, limits) => {
    checkToolList(functions, limits, checkFunction)
  }),
  tool_choice: orNull(kindOf('string', 'object')),
  function_call: orNull(kindOf('string', 'object')),
  parallel_tool_calls: orNull(kindOf('boolean')),
  logprobs: orNull(kindOf('boolean')),
  top_logprobs: orNull((value) => needWholeNumber(value, { min: 0, max: TOP_LOGPROBS_MAX })),
  logit_bias: orNull(kindOf('object')),
  store: orNull(kindOf('boolean')),
  service_tier: orNull(kindOf('string')),
  reasoning_effort: orNull(kindOf('string')),
  modalities: orNull(kindOf('array')),
}

/** Fields that are known and not looked at: rarer ones of the dialect, and what servers of open models add to it. */
const PASSED =
  'audio prediction web_search_options verbosity safety_identifier prompt_cache_key prompt_cache_retention ' +
  'thinking enable_thinking thinking_budget reasoning include_reasoning chat_template_kwargs enable_search search_options ' +
  'top_k min_p top_a typical_p repetition_penalty min_tokens stop_token_ids ignore_eos skip_special_tokens do_sample ' +
  'guided_json guided_regex guided_choice guided_grammar add_generation_prompt continue_final_message mm_processor_kwargs'

export const FIELD_CHECKS: ReadonlyMap<string, FieldCheck> = new Map([
  ...Object.entries(DEFINED),
  ...passedFields(PASSED),
])

/** Types other than functions are tools that run at the provider, each with a shape of its own. */
function checkFunctionTool(tool: JsonValue, names: Set<string>): void {
  const type = needText(needMember(tool, 'type', 'It is "function" for a function of yours.'))
  if (type === 'function') checkFunction(needMember(tool, 'function', 'Describe the function.'), names)
}

/** The older spelling: functions without the object around them. */
function checkFunction(described: JsonValue, names: Set<string>): void {
  checkTool(described, names, 'parameters')
}

function checkStreamOptions(value: JsonValue): void {
  needKind(value, 'object')
  const includeUsage = value.member('include_usage')
  if (includeUsage) needKind(includeUsage, ['boolean', 'null'], 'true or false')
}

/** Its digits are passed on as they are, however many. */
function checkSeed(value: JsonValue): void {
  needKind(value, 'number', 'a whole number')
  if (!/^-?\d+$/.test(value.raw.toString('latin1')))
    throw refuse('type', value, `must be a whole number; got ${describe(value)}.`)
}
