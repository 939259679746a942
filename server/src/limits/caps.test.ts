import { describe, expect, it } from 'vitest'
import { PaddockError } from '../base/errors.ts'
import { checkCaps, type Caps, type RequestFacts } from './caps.ts'

const caps: Caps = { outputTokensMax: 4_096, choicesMax: 2, imagesMax: 1, promptBytesMax: 100_000 }
const none: Caps = { outputTokensMax: null, choicesMax: null, imagesMax: null, promptBytesMax: null }
const fields = { conversation: 'messages', maxTokens: 'max_tokens' }
const modest: RequestFacts = { maxTokens: 4_096, n: 2, imageCount: 1, promptBytes: 100_000, fields }
const huge: RequestFacts = { maxTokens: 1e9, n: 128, imageCount: 99, promptBytes: 1e9, fields }

describe('caps', () => {
  it.each([
    [{ maxTokens: 4_097 }, '/max_tokens', /^Tokens.*at most 4,096, .*for 4,097\. Lower max_tokens, or ask an operator/],
    [{ n: 3 }, '/n', /^Answers at once \(n\): .*at most 2, .*for 3\. Lower n/],
    [{ imageCount: 2 }, '/messages', /^Images.*at most 1, .*for 2\. Send fewer images/],
    [{ promptBytes: 100_001 }, '/messages', /^Bytes.*at most 100,000, .*for 100,001\. Shorten the messages/],
    [
      { maxTokens: 4_097, fields: { conversation: 'input', maxTokens: 'max_output_tokens' } },
      '/max_output_tokens',
      /^Tokens for each answer \(max_output_tokens\).*Lower max_output_tokens/,
    ],
  ])('[L13] refuse %j and say why', (more, param, message) => {
    const refusal = catchRefusal(() => checkCaps(caps, { ...modest, ...more }))
    expect(refusal).toMatchObject({ code: 'cap_exceeded', status: 400, detail: { param } })
    expect(refusal.message).toMatch(message)
  })

  it('[L13] let through what is exactly as large as they allow', () => {
    expect(checkCaps(caps, modest)).toEqual({ maxTokens: 4_096 })
  })

  it('[L13] become the number of a request that names none', () => {
    expect(checkCaps(caps, { ...modest, maxTokens: null })).toEqual({ maxTokens: 4_096 })
  })

  it('[L13] are not there unless they are set', () => {
    expect(checkCaps(none, huge)).toEqual({ maxTokens: 1e9 })
    expect(checkCaps(none, { ...huge, maxTokens: null })).toEqual({ maxTokens: null })
  })
})

function catchRefusal(act: () => unknown): PaddockError {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof PaddockError) return thrown
  }
  throw new Error('nothing was refused')
}
