import type { JsonKind } from '../json-table.ts'
import type { JsonValue } from '../json-text.ts'
import {
  describe,
  needKeyAllowed,
  needKind,
  needNumber,
  needText,
  needTextUpTo,
  needWholeNumber,
  refuse,
} from './check.ts'
import type { ChatLimits } from './limits.ts'
import { checkMessages } from './messages.ts'
import { checkResponseFormat } from './response-format.ts'
import { checkFunctions, checkTools } from './tools.ts'

/** Throws when the value of a field cannot be taken. */
export type FieldCheck = (value: JsonValue, limits: ChatLimits) => void

const MODEL_LENGTH_MAX = 256
const USER_LENGTH_MAX = 256
const STOPS_MAX = 16
const STOP_LENGTH_MAX = 1_024
const METADATA_KEYS_MAX = 16
const METADATA_KEY_LENGTH_MAX = 64
const METADATA_VALUE_LENGTH_MAX = 512
const TOP_LOGPROBS_MAX = 20

/** The fields this dialect defines, and what is checked of each. */
const DEFINED: Readonly<Record<string, FieldCheck>> = {
  model: (value) => needText(value, MODEL_LENGTH_MAX),
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
  user: orNull((value) => needTextUpTo(value, USER_LENGTH_MAX)),
  metadata: orNull(checkMetadata),
  response_format: orNull(checkResponseFormat),
  tools: orNull(checkTools),
  functions: orNull(checkFunctions),
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
  ...PASSED.split(' ').map((name): [string, FieldCheck] => [name, () => undefined]),
])

/** Null says the same as leaving the field out. */
function orNull(check: FieldCheck): FieldCheck {
  return (value, limits) => {
    if (value.kind !== 'null') check(value, limits)
  }
}

function kindOf(...kinds: JsonKind[]): FieldCheck {
  return (value) => {
    needKind(value, kinds)
  }
}

/** Null is refused here: who sends it for a temperature has lost the one that was meant. */
function numberFrom(min: number, max: number): FieldCheck {
  return (value) => {
    needNumber(value, { min, max })
  }
}

function checkStreamOptions(value: JsonValue): void {
  needKind(value, 'object')
  const includeUsage = value.member('include_usage')
  if (includeUsage) needKind(includeUsage, ['boolean', 'null'], 'true or false')
}

function checkMaxTokens(value: JsonValue, { outputTokensMax }: ChatLimits): void {
  needWholeNumber(value, { min: 1, max: outputTokensMax })
}

function checkChoices(value: JsonValue, { choicesMax }: ChatLimits): void {
  const count = needWholeNumber(value, { min: 1, max: Infinity })
  if (count > choicesMax)
    throw refuse(
      'n_too_large',
      value,
      `may be at most ${choicesMax}; got ${describe(value)}. Ask for fewer answers at once.`,
    )
}

function checkStop(value: JsonValue): void {
  needKind(value, ['string', 'array'])
  const stops = value.kind === 'array' ? value.elements() : [value]
  if (stops.length > STOPS_MAX)
    throw refuse('too_many', value, `may have ${STOPS_MAX} entries; this one has ${stops.length}.`)
  for (const stop of stops) needText(stop, STOP_LENGTH_MAX)
}

/** Its digits are passed on as they are, however many. */
function checkSeed(value: JsonValue): void {
  needKind(value, 'number', 'a whole number')
  if (!/^-?\d+$/.test(value.raw.toString('latin1')))
    throw refuse('type', value, `must be a whole number; got ${describe(value)}.`)
}

function checkMetadata(value: JsonValue): void {
  needKind(value, 'object')
  const members = value.members()
  if (members.length > METADATA_KEYS_MAX) {
    throw refuse('too_many', value, `may have ${METADATA_KEYS_MAX} keys; this one has ${members.length}.`)
  }
  for (const { key, value: text } of members) {
    needKeyAllowed(key, text)
    if (key.length > METADATA_KEY_LENGTH_MAX)
      throw refuse(
        'too_long',
        text,
        `has a key of ${key.length} characters; a key may have ${METADATA_KEY_LENGTH_MAX}.`,
      )
    needTextUpTo(text, METADATA_VALUE_LENGTH_MAX)
  }
}
