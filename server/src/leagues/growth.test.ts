import { describe, expect, it } from 'vitest'
import { multiple, share } from './growth.ts'

describe('growth and shares', () => {
  it('are those of the league tables of 2024', () => {
    expect(multiple(59_980_000, 1_730_000)).toBe(34.7)
    expect(share(2_100, 2_500)).toBe(84)
    expect(multiple(4_000_000_000_000, 121_212_121_212)).toBe(33)
  })

  it('are unknown where there was nothing', () => {
    expect(multiple(5, 0)).toBeNull()
    expect(share(0, 0)).toBeNull()
  })
})
