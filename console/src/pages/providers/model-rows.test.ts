import { describe, expect, it } from 'vitest'
import { modelRows, namesIn } from './model-rows.ts'

describe('the models of a provider', () => {
  const provider = { models: ['small', 'old'], speeds: [{ model: 'small', first_byte_ms: 40, tokens_per_second: 80 }] }

  it('are those that are offered, and then those that are found beside them', () => {
    const found = [
      { name: 'large', offered: false, priced: false },
      { name: 'small', offered: true, priced: true },
    ]
    expect(modelRows(provider, found)).toEqual([
      { name: 'small', offered: true, priced: true, speed: provider.speeds[0] },
      { name: 'old', offered: true, priced: null, speed: null },
      { name: 'large', offered: false, priced: false, speed: null },
    ])
  })

  it('are typed with anything between their names', () => {
    expect(namesIn(' small, large\nsmall；中、\tlast ')).toEqual(['small', 'large', '中', 'last'])
    expect(namesIn(' ,\n')).toEqual([])
  })
})
