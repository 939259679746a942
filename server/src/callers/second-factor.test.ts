import { describe, expect, it } from 'vitest'
import { codeOf, makeRecoveryCodes, secretText, secretUri, stepOfCode } from './second-factor.ts'

/** The secret and the codes of RFC 6238, appendix B (the last six digits of its eight). */
const SECRET = Buffer.from('12345678901234567890')
const VECTORS: readonly [seconds: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
]

describe('a second factor', () => {
  it.each(VECTORS)('has the code that RFC 6238 has after %s seconds: %s', (seconds, code) => {
    const step = Math.floor(seconds / 30)
    expect(codeOf(SECRET, step)).toBe(code)
    expect(stepOfCode(SECRET, code, { now: seconds * 1000, usedStep: 0 })).toBe(step)
  })

  it('takes the code of the step before and after, and none further away', () => {
    const now = 1_234_567_890_000
    const step = Math.floor(now / 30_000)
    const taken = [-2, -1, 0, 1, 2].map((off) => stepOfCode(SECRET, codeOf(SECRET, step + off), { now, usedStep: 0 }))
    expect(taken).toEqual([null, step - 1, step, step + 1, null])
  })

  it('takes no code of a step that was used, or of one before it', () => {
    const now = 1_234_567_890_000
    const usedStep = Math.floor(now / 30_000)
    const codes = [-1, 0, 1].map((off) => stepOfCode(SECRET, codeOf(SECRET, usedStep + off), { now, usedStep }))
    expect(codes).toEqual([null, null, usedStep + 1])
  })

  it('is told to apps in base 32 and by address', () => {
    expect(secretText(SECRET)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
    expect(secretUri(SECRET, 'a+b@example.com')).toBe(
      'otpauth://totp/Paddock:a%2Bb%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Paddock',
    )
  })

  it('has ten recovery codes that differ', () => {
    const codes = makeRecoveryCodes()
    expect(codes).toHaveLength(10)
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) expect(code).toMatch(/^[a-hj-km-np-z2-9]{5}-[a-hj-km-np-z2-9]{5}$/)
  })
})
