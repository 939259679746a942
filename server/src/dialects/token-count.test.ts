import { describe, expect, it } from 'vitest'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import { countTokens, estimateTokens } from './token-count.ts'

describe('counting', () => {
  it.each<[text: string, tokens: number]>([
    ['', 0],
    ['Hello, world!', 4],
    ['<|endoftext|>', 7],
  ])('%j', async (text, tokens) => {
    expect(await countTokens(text)).toEqual({ tokens, method: 'o200k_base' })
  })

  it('is not changed by counting in pieces where there are spaces', async () => {
    const text = Array.from({ length: 3_000 }, (_, index) => `word${index % 97} and,`).join(' ')
    expect((await countTokens(text)).tokens).toBe(encode(text).length)
  })

  it('is nearly not changed where there are none', async () => {
    const text = '豆包大模型的价格是多少请用中文回答'.repeat(400)
    const exact = encode(text).length
    const { tokens } = await countTokens(text)
    expect(Math.abs(tokens - exact) / exact).toBeLessThan(0.005)
  })

  it('never cuts inside a character', async () => {
    const text = `x${'😀'.repeat(2_000)}`
    expect((await countTokens(text)).tokens).toBe(encode('x').length + 2_000 * encode('😀').length)
  })

  it('projects a very long text from its beginning, and says so', async () => {
    const { tokens, method } = await countTokens('a '.repeat(600_000))
    expect(method).toBe('o200k_base, projected from the first 1000000 characters')
    expect(tokens).toBeGreaterThan(600_000 * 0.99)
    expect(tokens).toBeLessThan(600_000 * 1.01)
  })
})

describe('estimating', () => {
  it.each([
    [0, 0],
    [1, 1],
    [300, 100],
  ])('%i bytes are %i tokens', (bytes, tokens) => {
    expect(estimateTokens(bytes)).toBe(tokens)
  })
})
