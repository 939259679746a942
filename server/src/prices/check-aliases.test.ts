import { describe, expect, it } from 'vitest'
import { loadRows, type Written } from './fixtures/lab-book.ts'

/** What is wrong with the aliases of a book that has one model. */
function faultsOf(aliases: readonly Written[]): string[] {
  const { problems } = loadRows([{ rates: { input: '1' } }], { aliases })
  return problems.map(({ path, message }) => `${path}: ${message}`)
}

describe('aliases', () => {
  it('[P7] a circle is refused, once, by its names', () => {
    const aliases = [
      { alias: 'a', target: 'b' },
      { alias: 'b', target: 'c', valid_from: '2024-01-01' },
      { alias: 'c', target: 'a', valid_to: '2024-06-01' },
      { alias: 'd', target: 'a' },
    ]
    expect(faultsOf(aliases)).toEqual([': alias cycle: a → b → c → a'])
    expect(faultsOf([{ alias: 'a', target: 'a' }])).toEqual([': alias cycle: a → a'])
  })

  it('[P7] a circle whose aliases are never valid together is none', () => {
    const aliases = [
      { alias: 'a', target: 'b', valid_to: '2024-01-01' },
      { alias: 'b', target: 'a', valid_from: '2024-01-01' },
    ]
    expect(faultsOf(aliases)).toEqual([])
  })

  it('[P7] a name leads to one model at a time', () => {
    const aliases = [
      { alias: 'a', target: 'b', valid_to: '2024-06-02' },
      { alias: 'a', target: 'c', valid_from: '2024-06-01' },
    ]
    expect(faultsOf(aliases)).toEqual([': the alias a leads to b and to c at the same time'])
  })

  it('[P21] an alias without a target', () => {
    expect(faultsOf([{ alias: 'a', target: 7 }])).toEqual(['aliases[0].target: must be a text; got 7'])
  })
})
