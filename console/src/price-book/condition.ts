import { formatFor } from '@paddock/webkit/format/format.ts'
import type { Language } from '@paddock/webkit/text/texts.ts'
import { LOCALES } from '@paddock/webkit/text/texts.ts'
import { text } from './text.ts'

/** The server says a condition in short: "input_tokens > 32000 and <= 128000, thinking". Here it becomes a sentence. */

type Words = (typeof text)[Language]['condition']

/** What is not understood stays as the server said it. */
export function conditionInWords(condition: string, language: Language): string {
  const words = text[language].condition
  if (condition === '') return words.always
  return condition
    .split(', ')
    .map((part) => tokensInWords(part, language) ?? wordInWords(part, words) ?? timeInWords(part, language) ?? part)
    .join(words.and)
}

const SUBJECTS = { input_tokens: 'input', output_tokens: 'output', context_window: 'context' } as const
const SIGNS = { '>': 'more', '>=': 'least', '<': 'less', '<=': 'most' } as const

function tokensInWords(part: string, language: Language): string | null {
  const found = /^(input_tokens|output_tokens|context_window) (.+)$/.exec(part)
  if (!found) return null
  const words = text[language].condition
  const bounds = (found[2] ?? '').split(' and ').map((bound) => {
    const [sign = '', limit = ''] = bound.split(' ')
    const number = formatFor(language).number(Number(limit))
    return isIn(SIGNS, sign) ? words[SIGNS[sign]](number) : bound
  })
  const subject = found[1] ?? ''
  return isIn(SUBJECTS, subject) ? words[SUBJECTS[subject]](bounds.join(words.bound)) : null
}

function wordInWords(part: string, words: Words): string | null {
  if (part === 'thinking') return words.thinking
  if (part === 'not thinking') return words.notThinking
  const [kind, value = ''] = part.split(' ')
  if (kind === 'modality') return isIn(words.modalities, value) ? words.modalities[value] : part
  if (kind === 'service_tier') return isIn(words.tiers, value) ? words.tiers[value] : part
  return null
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const TIME =
  /^((?:(?:sun|mon|tue|wed|thu|fri|sat) )*)((?:\d\d:\d\d-\d\d:\d\d (?:and )?)*)(?:from (\S+) )?(?:before (\S+) )?(?:not on (\S+) )?(?:only on (\S+) )?(\S+)$/

function timeInWords(part: string, language: Language): string | null {
  const found = TIME.exec(part)
  if (!found) return null
  const words = text[language].condition
  const [, days = '', windows = '', from, to, notOn, onlyOn, zone = ''] = found
  const said = [
    days !== '' && daysInWords(days.trim().split(' '), language),
    windows !== '' && windows.trim().split(' and ').join(words.bound),
    from !== undefined && words.from(from),
    to !== undefined && words.before(to),
    notOn !== undefined && words.notOn(notOn),
    onlyOn !== undefined && words.onlyOn(onlyOn),
    `(${zone})`,
  ]
  return said.filter((each) => each !== false).join(' ')
}

function daysInWords(days: readonly string[], language: Language): string {
  const words = text[language].condition
  if (days.join(' ') === 'mon tue wed thu fri') return words.workdays
  const format = new Intl.DateTimeFormat(LOCALES[language], { weekday: 'short', timeZone: 'UTC' })
  // 7 January 2024 was a Sunday.
  return days.map((day) => format.format(Date.UTC(2024, 0, 7 + DAYS.indexOf(day)))).join(words.list)
}

function isIn<Of extends object>(object: Of, key: string): key is Extract<keyof Of, string> {
  return Object.hasOwn(object, key)
}
