import { NO_USAGE } from '@paddock/contract/usage'
import { describe, needKind, needMember, needOneOf, needText, needWholeNumber, refuse } from '../../dialects/check.ts'
import { checkModel, checkUser, orNull } from '../../dialects/field-checks.ts'
import { memberText } from '../../dialects/json-read.ts'
import type { JsonValue } from '../../dialects/json-text.ts'
import { countTokens, estimateTokens } from '../../dialects/token-count.ts'
import { JSON_OBJECT } from '../answer-form.ts'
import { readJsonBody, withModel } from './json-body.ts'
import { measured, type Task } from './task.ts'
import { promptTokensTold } from './told.ts'

const INPUTS_MAX = 2_048
const DIMENSIONS_MAX = 65_536
const TOKEN_MAX = 2 ** 31 - 1

const CHECKS = {
  model: checkModel,
  input: checkInput,
  encoding_format: orNull((value) => needOneOf(value, ['float', 'base64'])),
  dimensions: orNull((value) => needWholeNumber(value, { min: 1, max: DIMENSIONS_MAX })),
  user: orNull(checkUser),
}

/** POST /v1/embeddings: texts, or their tokens, as vectors. Billed by the tokens of the input. */
export const embeddings: Task = {
  name: 'embeddings',
  promptField: 'input',
  read: async (received) => {
    const json = await readJsonBody(received, CHECKS)
    const { root } = json
    const input = needMember(root, 'input', 'Give a text, or a list of texts.')
    const promptBytes = bytesOf(input)
    return {
      model: memberText(root, 'model'),
      user: memberText(root, 'user') || null,
      stream: false,
      promptBytes,
      n: 1,
      form: JSON_OBJECT,
      write: (model) => withModel(json, model),
      atMost: [{ ...NO_USAGE, input: estimateTokens(promptBytes) + tokensIn(input) }],
      told: promptTokensTold,
      count: async () => {
        const { tokens, method } = await countTokens(textsIn(input).join('\n'))
        return [measured('counted', { ...NO_USAGE, input: tokens + tokensIn(input) }, `${method}: the input`)]
      },
    }
  },
}

/** A text, a list of texts, the tokens of a text, or a list of those. */
function checkInput(input: JsonValue): void {
  needKind(input, ['string', 'array'], 'a text, a list of texts, or lists of tokens')
  if (input.kind === 'string') {
    needText(input)
    return
  }
  const items = input.elements()
  const [first] = items
  if (first === undefined) throw refuse('out_of_range', input, 'must not be empty: give at least one text.')
  if (first.kind === 'number') {
    for (const token of items) needToken(token)
    return
  }
  if (items.length > INPUTS_MAX) {
    throw refuse(
      'too_many',
      input,
      `may have ${INPUTS_MAX} entries; this one has ${items.length}. Send several requests.`,
    )
  }
  needKind(first, ['string', 'array'], 'a text or a list of tokens')
  for (const item of items) checkItem(item, first)
}

function checkItem(item: JsonValue, first: JsonValue): void {
  needKind(item, first.kind, `${first.kind === 'string' ? 'a text' : 'a list of tokens'}, as the first entry is`)
  if (item.kind === 'string') {
    needText(item)
    return
  }
  const tokens = item.elements()
  if (tokens.length === 0) throw refuse('out_of_range', item, 'must not be empty.')
  for (const token of tokens) needToken(token)
}

function needToken(token: JsonValue): void {
  needKind(token, 'number', `a token (a whole number) like the others; got ${describe(token)}`)
  needWholeNumber(token, { min: 0, max: TOKEN_MAX })
}

function textsIn(input: JsonValue): string[] {
  return [input, ...input.elements()].flatMap((value) => (value.kind === 'string' ? [value.text()] : []))
}

function bytesOf(input: JsonValue): number {
  const texts = [input, ...input.elements()].filter(({ kind }) => kind === 'string')
  return texts.reduce((sum, text) => sum + text.textByteLength(), 0)
}

/** How many tokens came as tokens. */
function tokensIn(input: JsonValue): number {
  const items = input.elements()
  if (items[0]?.kind === 'number') return items.length
  return items.reduce((sum, item) => sum + item.elements().length, 0)
}
