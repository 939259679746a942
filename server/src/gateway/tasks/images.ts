import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import { needMember, needOneOf, needText } from '../../dialects/check.ts'
import { checkChoices, checkModel, checkUser, kindOf, orNull } from '../../dialects/field-checks.ts'
import { memberBoolean, memberItems, memberNumber, memberText } from '../../dialects/json-read.ts'
import type { JsonValue } from '../../dialects/json-text.ts'
import { estimateTokens } from '../../dialects/token-count.ts'
import type { Counters, Measure } from '../../dialects/usage-reading.ts'
import { EVENTS, JSON_OBJECT } from '../answer-form.ts'
import { readJsonBody, withModel } from './json-body.ts'
import { measured, units, type Task } from './task.ts'
import { needed, readTokens, unitsTold } from './told.ts'

const PROMPT_LENGTH_MAX = 100_000
/** Tokens assumed of an image until it is known what it took: those of a large and careful one. */
const TOKENS_ASSUMED = 6_240

const CHECKS = {
  model: checkModel,
  prompt: (value: JsonValue) => needText(value, PROMPT_LENGTH_MAX),
  n: orNull(checkChoices),
  size: orNull(kindOf('string')),
  quality: orNull(kindOf('string')),
  style: orNull(kindOf('string')),
  response_format: orNull((value) => needOneOf(value, ['url', 'b64_json'])),
  stream: orNull(kindOf('boolean')),
  user: orNull(checkUser),
}

/** POST /v1/images/generations: images of what a text describes. Billed by the image, or by tokens. */
export const images: Task = {
  name: 'images',
  promptField: 'prompt',
  read: async (received) => {
    const json = await readJsonBody(received, CHECKS)
    const { root } = json
    const prompt = needMember(root, 'prompt', 'Describe the image that is wanted.')
    const promptBytes = prompt.textByteLength()
    const n = memberNumber(root, 'n') ?? 1
    const stream = memberBoolean(root, 'stream') === true
    const tokens = { ...NO_USAGE, input: estimateTokens(promptBytes), extra: { image_output: TOKENS_ASSUMED * n } }
    return {
      model: memberText(root, 'model'),
      user: memberText(root, 'user') || null,
      stream,
      promptBytes,
      n,
      form: stream ? EVENTS : JSON_OBJECT,
      write: (model) => withModel(json, model),
      atMost: [units({ image: n }), tokens],
      told: toldBy,
      count: () => Promise.resolve([measured('counted', units({ image: n }), 'images asked for')]),
    }
  },
}

function toldBy(answer: JsonValue): readonly Measure[] {
  const usage = answer.member('usage')
  const told = unitsTold(usage, 'generated_images')
  // The last event of a stream is one image.
  const counted = answer.member('data') === undefined ? 1 : memberItems(answer, 'data').length
  return [
    ...readTokens(usage, tokensOf),
    told === null
      ? measured('counted', units({ image: counted }), 'images in the answer')
      : measured('provider', units({ image: told }), 'usage.generated_images'),
  ]
}

/** Text and images of the prompt are told apart, those of the answer only by some. */
function tokensOf(counters: Counters): Usage {
  const prompt = needed(counters, ['input_tokens'])
  const seen = counters.first(['input_tokens_details.image_tokens'])
  if (seen > prompt) counters.refuse(`${seen} image tokens are more than input_tokens, ${prompt}`)
  const produced = counters.needed('output_tokens')
  const written = counters.first(['output_tokens_details.text_tokens'])
  if (written > produced) counters.refuse(`${written} text tokens are more than output_tokens, ${produced}`)
  return {
    ...NO_USAGE,
    input: prompt - seen,
    output: written,
    extra: { ...(seen > 0 ? { image_input: seen } : {}), image_output: produced - written },
  }
}
