import { describe, expect, it } from 'vitest'
import { conditionInWords } from './condition.ts'

describe('a condition in words', () => {
  it.each([
    ['input_tokens > 32000 and <= 128000', 'more than 32,000 and up to 128,000 tokens in'],
    ['service_tier batch', 'batch'],
    ['input_tokens <= 128000, thinking', 'up to 128,000 tokens in, thinking'],
    ['00:30-08:30 from 2025-02-26 Asia/Shanghai', '00:30-08:30 from 2025-02-26 on (Asia/Shanghai)'],
    [
      'mon tue wed thu fri 09:00-12:00 and 14:00-18:00 from 2026-08-23 not on cn-statutory-holidays Asia/Shanghai',
      'on workdays 09:00-12:00 and 14:00-18:00 from 2026-08-23 on except cn-statutory-holidays (Asia/Shanghai)',
    ],
    ['sat sun 00:00-24:00 UTC', 'Sat, Sun 00:00-24:00 (UTC)'],
    ['something quite new, thinking', 'something quite new, thinking'],
    ['', 'always'],
  ])('"%s" is "%s"', (condition, wanted) => {
    expect(conditionInWords(condition, 'en')).toBe(wanted)
  })

  it('is said in Chinese and Japanese, too', () => {
    expect(conditionInWords('input_tokens > 128000', 'zh')).toBe('输入超过 128,000 token')
    expect(conditionInWords('input_tokens > 32000 and <= 128000, not thinking', 'ja')).toBe(
      '入力が 32,000 トークン超・128,000 トークン以下、思考なし',
    )
  })
})
