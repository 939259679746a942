import { NO_USAGE } from '@paddock/contract/usage'
import { needKind, needMember, needNumber, needOneOf, needText } from '../../dialects/check.ts'
import { checkModel, kindOf, orNull } from '../../dialects/field-checks.ts'
import { memberText } from '../../dialects/json-read.ts'
import type { JsonValue } from '../../dialects/json-text.ts'
import { estimateTokens } from '../../dialects/token-count.ts'
import type { Counters, Measure } from '../../dialects/usage-reading.ts'
import { EVENTS, type AnswerForm } from '../answer-form.ts'
import { readJsonBody, withModel } from './json-body.ts'
import { measured, units, type Task } from './task.ts'
import { needed, readTokens } from './told.ts'

const INPUT_LENGTH_MAX = 100_000
/** Tokens of sound assumed of a character until it is known what it took: rather too many. */
const TOKENS_ASSUMED = 2

const CHECKS = {
  model: checkModel,
  input: (value: JsonValue) => needText(value, INPUT_LENGTH_MAX),
  voice: (value: JsonValue) => {
    needKind(value, ['string', 'object'], 'the name of a voice')
  },
  response_format: orNull(kindOf('string')),
  speed: orNull((value) => {
    needNumber(value, { min: 0.25, max: 4 })
  }),
  stream_format: orNull((value) => needOneOf(value, ['audio', 'sse'])),
}

const SOUND: AnswerForm = {
  accept: '*/*',
  name: 'audio',
  begins: 'byte',
  takes: (contentType) => contentType.startsWith('audio/') || contentType.startsWith('application/octet-stream'),
}

/** POST /v1/audio/speech: a text, spoken. Billed by the characters of the text, or by tokens. */
export const speech: Task = {
  name: 'speech',
  promptField: 'input',
  read: async (received) => {
    const json = await readJsonBody(received, CHECKS)
    const { root } = json
    const input = needMember(root, 'input', 'Give the text that is to be spoken.')
    const characters = countCharacters(input.text())
    const stream = memberText(root, 'stream_format') === 'sse'
    return {
      model: memberText(root, 'model'),
      user: null,
      stream,
      promptBytes: input.textByteLength(),
      n: 1,
      form: stream ? EVENTS : SOUND,
      write: (model) => withModel(json, model),
      atMost: [
        units({ character: characters }),
        {
          ...NO_USAGE,
          input: estimateTokens(input.textByteLength()),
          extra: { audio_output: characters * TOKENS_ASSUMED },
        },
      ],
      told: (event) => [...toldBy(event), counted(characters)],
      count: () => Promise.resolve([counted(characters)]),
    }
  },
}

function counted(characters: number): Measure {
  return measured('counted', units({ character: characters }), 'characters of the input')
}

/** Of Unicode: an emoji or a Chinese character is one, as long as it is not put together of several. */
function countCharacters(text: string): number {
  let characters = 0
  for (const _ of text) characters += 1
  return characters
}

function toldBy(event: JsonValue): readonly Measure[] {
  return readTokens(event.member('usage'), (counters: Counters) => ({
    ...NO_USAGE,
    input: needed(counters, ['input_tokens']),
    extra: { audio_output: counters.needed('output_tokens') },
  }))
}
