import type { JsonKind } from './json-table.ts'
import type { JsonValue } from './json-text.ts'
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
import type { RequestLimits } from './limits.ts'

/** Checks of fields that several dialects have. */

/** Throws when the value of a field cannot be taken. */
export type FieldCheck = (value: JsonValue, limits: RequestLimits) => void

const MODEL_LENGTH_MAX = 256
const USER_LENGTH_MAX = 256
const FILE_NAME_BYTES_MAX = 255
/** The most that any provider takes; one that takes fewer says so itself. */
const STOPS_MAX = 16
const STOP_LENGTH_MAX = 1_024
const METADATA_KEYS_MAX = 16
const METADATA_KEY_LENGTH_MAX = 64
const METADATA_VALUE_LENGTH_MAX = 512

export function checkModel(value: JsonValue): void {
  needText(value, MODEL_LENGTH_MAX)
}

export function checkUser(value: JsonValue): void {
  needTextUpTo(value, USER_LENGTH_MAX)
}

export function checkFileName(value: JsonValue): void {
  const length = Buffer.byteLength(needTextUpTo(value, FILE_NAME_BYTES_MAX))
  if (length > FILE_NAME_BYTES_MAX)
    throw refuse('too_long', value, `may have ${FILE_NAME_BYTES_MAX} bytes; this one has ${length}.`)
}

/** Null says the same as leaving the field out. */
export function orNull(check: FieldCheck): FieldCheck {
  return (value, limits) => {
    if (value.kind !== 'null') check(value, limits)
  }
}

export function kindOf(...kinds: JsonKind[]): FieldCheck {
  return (value) => {
    needKind(value, kinds)
  }
}

/** Null is refused here: who sends it for a temperature has lost the one that was meant. */
export function numberFrom(min: number, max: number): FieldCheck {
  return (value) => {
    needNumber(value, { min, max })
  }
}

export function checkMaxTokens(value: JsonValue, { outputTokensMax }: RequestLimits): void {
  needWholeNumber(value, { min: 1, max: outputTokensMax })
}

export function checkChoices(value: JsonValue, { choicesMax }: RequestLimits): void {
  const count = needWholeNumber(value, { min: 1, max: Infinity })
  if (count > choicesMax)
    throw refuse(
      'n_too_large',
      value,
      `may be at most ${choicesMax}; got ${describe(value)}. Ask for fewer answers at once.`,
    )
}

export const MESSAGE_EXAMPLE = '{"role":"user","content":"Hello"}'

/** A conversation with something in it. */
export function needMessages(messages: JsonValue): readonly JsonValue[] {
  needKind(messages, 'array')
  const list = messages.elements()
  if (list.length > 0) return list
  throw refuse('messages_empty', messages, `must hold at least one message, such as ${MESSAGE_EXAMPLE}.`)
}

/** One text, or a list of them. */
export function checkStop(value: JsonValue): void {
  needKind(value, ['string', 'array'])
  if (value.kind === 'array') needStops(value, STOPS_MAX)
  else needText(value, STOP_LENGTH_MAX)
}

/** A list, even of one. */
export function checkStopSequences(value: JsonValue): void {
  needKind(value, 'array', 'a list of texts, such as ["END"]')
  needStops(value, STOPS_MAX)
}

function needStops(list: JsonValue, countMax: number): void {
  const stops = list.elements()
  if (stops.length > countMax)
    throw refuse('too_many', list, `may have ${countMax} entries; this one has ${stops.length}.`)
  for (const stop of stops) needText(stop, STOP_LENGTH_MAX)
}

export function checkMetadata(value: JsonValue): void {
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
