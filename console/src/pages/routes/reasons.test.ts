import { describe, expect, it } from 'vitest'
import { reasonIn, reasonText } from './reasons.ts'

/** As server/src/routing writes them. */
const REASONS = [
  'the only candidate that can be called',
  '2 of 3 as written',
  'drawn with weight 70 of 100',
  'about 0.0125 USD for this request, which is 0.09 CNY, 50 % of its prompts cached, the next 0.1 CNY',
  'about 1 USD for this request, as much as the next, which is written behind it',
  'about 1 USD for this request; no rate from USD to CNY, so behind those that can be compared',
  'no price known, so behind those with one',
  'not measured lately, so tried',
  'first byte after 100 ms, then 20 tokens/s',
  'tried to see whether it has become faster',
  'answered this session last',
  '1 of 3 as written; in pool: drawn with weight 1 of 2; in inner: the only candidate that can be called',
  'weight 0: listed only',
  'this key may not call it',
  'openai has no key (set OPENAI_API_KEY or OPENAI_BASE_URL)',
  'failing, tried again in 30 s',
  'limited by the provider, tried again in 7 s',
  'out of money at the provider, tried again in 900 s',
  'only for streams',
  'not for requests with images',
  'only for requests with tools',
  'only for prompts of ≤ 8000 tokens; this one has about 9000',
  'only for requests tagged night, cheap',
  'not for this key',
  'not for this team',
]

describe('reasons of routing', () => {
  it('stay what they are in English, so every pattern fits its words', () => {
    expect(REASONS.map((reason) => reasonIn(reason, reasonText.en))).toEqual(REASONS)
  })

  it.each(['zh', 'ja'] as const)('leave nothing in English in %s but names and numbers', (language) => {
    const names = /OPENAI_\w+|openai|pool|inner|night|cheap|USD|CNY|Token/g
    const left = REASONS.map((reason) => reasonIn(reason, reasonText[language]).replace(names, ''))
    expect(left.filter((told) => /[a-z]/i.test(told))).toEqual([])
  })

  it('are shown as they came where they are not known', () => {
    expect(reasonIn('the moon is full', reasonText.zh)).toBe('the moon is full')
  })
})
