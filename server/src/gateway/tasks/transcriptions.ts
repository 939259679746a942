import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import { excerpt, PaddockError } from '../../base/errors.ts'
import { memberNumber, memberText } from '../../dialects/json-read.ts'
import type { JsonValue } from '../../dialects/json-text.ts'
import { estimateTokens } from '../../dialects/token-count.ts'
import type { Counters, Measure } from '../../dialects/usage-reading.ts'
import { modelMissing } from '../../dialects/request-fields.ts'
import { EVENTS, JSON_OBJECT, type AnswerForm } from '../answer-form.ts'
import { readForm, writeForm } from './form.ts'
import { soundLength } from './sound-length.ts'
import type { FormPart } from './split-form.ts'
import { measured, units, type Task } from './task.ts'
import { needed, readTokens, unitsTold } from './told.ts'

const MODEL_LENGTH_MAX = 256
/** Tokens assumed of a second, of the sound and of what is said in it, until it is known what it took. */
const TOKENS_ASSUMED = { audio_input: 10, output: 5 }

const TEXT: AnswerForm = {
  ...JSON_OBJECT,
  accept: 'text/plain, */*',
  name: 'text',
  takes: (contentType) => !contentType.includes('html') && !contentType.includes('json'),
}
const FORMS: ReadonlyMap<string, AnswerForm> = new Map([
  ['json', JSON_OBJECT],
  ['verbose_json', JSON_OBJECT],
  ['diarized_json', JSON_OBJECT],
  ['text', TEXT],
  ['srt', TEXT],
  ['vtt', TEXT],
])

/** POST /v1/audio/transcriptions: what is said in a recording. Billed by the second, or by tokens. */
export const transcriptions: Task = {
  name: 'transcriptions',
  promptField: 'prompt',
  read: async (received) => {
    const parts = await readForm(received)
    const text = (name: string): string => fieldOf(parts, name)?.toString() ?? ''
    const model = text('model')
    if (model === '') throw modelMissing(received.modelsOffered)
    if (model.length > MODEL_LENGTH_MAX) throw refused('too_long', 'model', `may have ${MODEL_LENGTH_MAX} characters`)
    const file = fileOf(parts)
    checkTemperature(text('temperature'))
    const stream = readStream(text('stream'))
    const form = formOf(text('response_format') || 'json')
    const length = soundLength(file)
    const prompt = fieldOf(parts, 'prompt') ?? Buffer.alloc(0)
    const counted = measured(length.source, units({ audio_second: length.seconds }), length.method)
    return {
      model,
      user: null,
      stream,
      promptBytes: prompt.length,
      n: 1,
      form: stream ? EVENTS : form,
      write: (name) =>
        writeForm(parts.map((part) => (part.name === 'model' ? { ...part, value: Buffer.from(name) } : part))),
      atMost: [counted.usage, assumedTokens(prompt.length, length.seconds)],
      told: (answer) => [...toldBy(answer), counted],
      count: () => Promise.resolve([counted]),
    }
  },
}

function fieldOf(parts: readonly FormPart[], name: string): Buffer | undefined {
  return parts.find((part) => part.name === name && part.file === null)?.value
}

function fileOf(parts: readonly FormPart[]): Buffer {
  const part = parts.find(({ name }) => name === 'file')
  if (part === undefined)
    throw refused('field_missing', 'file', 'is missing. Send the recording as a file (curl: -F file=@speech.wav)')
  if (part.file === null) throw refused('type', 'file', 'must be a file with a name, and a text came')
  if (part.value.length === 0) throw refused('out_of_range', 'file', 'has no bytes in it')
  return part.value
}

function checkTemperature(text: string): void {
  if (text === '' || (/^\d*\.?\d+$/.test(text) && Number(text) <= 1)) return
  throw refused('out_of_range', 'temperature', `must be a number from 0 to 1; got ${excerpt(text)}`)
}

function readStream(text: string): boolean {
  if (text === 'true') return true
  if (text === '' || text === 'false') return false
  throw refused('type', 'stream', `must be true or false; got ${excerpt(text)}`)
}

function formOf(name: string): AnswerForm {
  const form = FORMS.get(name)
  if (form !== undefined) return form
  throw refused('value_unknown', 'response_format', `must be ${[...FORMS.keys()].join(', ')}; got ${excerpt(name)}`)
}

function refused(
  code: 'field_missing' | 'type' | 'out_of_range' | 'value_unknown' | 'too_long',
  field: string,
  problem: string,
): PaddockError {
  return new PaddockError(code, { message: `${field} ${problem}.`, param: `/${field}` })
}

function assumedTokens(promptBytes: number, seconds: number): Usage {
  return {
    ...NO_USAGE,
    input: estimateTokens(promptBytes),
    output: seconds * TOKENS_ASSUMED.output,
    extra: { audio_input: seconds * TOKENS_ASSUMED.audio_input },
  }
}

/** Tokens, or the seconds that are billed, or else how long the recording was found to be. */
function toldBy(answer: JsonValue): readonly Measure[] {
  const usage = answer.member('usage')
  const billed = unitsTold(usage, 'seconds')
  const duration = memberNumber(answer, 'duration') ?? Number(memberText(answer, 'duration') || NaN)
  const seconds = billed ?? (duration >= 0 && duration < 1e7 ? Math.ceil(duration) : null)
  return [
    ...(memberText(usage, 'type') === 'duration' ? [] : readTokens(usage, tokensOf)),
    ...(seconds === null
      ? []
      : [measured('provider', units({ audio_second: seconds }), billed === null ? 'duration' : 'usage.seconds')]),
  ]
}

/** What of the prompt was heard and what was read is told apart. */
function tokensOf(counters: Counters): Usage {
  const prompt = needed(counters, ['input_tokens'])
  const heard = counters.first(['input_token_details.audio_tokens'])
  if (heard > prompt) counters.refuse(`${heard} audio tokens are more than input_tokens, ${prompt}`)
  return {
    ...NO_USAGE,
    input: prompt - heard,
    output: counters.needed('output_tokens'),
    ...(heard > 0 ? { extra: { audio_input: heard } } : {}),
  }
}
