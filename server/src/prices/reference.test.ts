import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseYaml } from '../base/yaml.ts'
import { usePriceBook } from './book.ts'
import { COMPONENT_FACTS, COMPONENTS } from './component.ts'
import { loadBook } from './load.ts'

const page = readFileSync(new URL('../../../docs/reference/prices.md', import.meta.url), 'utf8')

/** What stands between two marks of the page. */
function part(name: string): string {
  return page.split(new RegExp(`<!-- /?${name} -->\n`))[1] ?? ''
}

/** The fenced blocks of the page in a language. */
function fenced(language: string): string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\n([^\`]*)\`\`\``, 'g'))].map(([, text = '']) => text)
}

describe('docs/reference/prices.md', () => {
  const sources = {
    path: 'sources.json',
    text: '{ "S1": { "what": "a page", "url": "https://example.com", "kind": "page" } }',
  }
  const [example = ''] = fenced('json')

  it('[P17] lists every component with its unit and its stand-ins', () => {
    const rows = COMPONENTS.map((component) => {
      const { unit, standIns } = COMPONENT_FACTS[component]
      const others = standIns.map((name) => `\`${name}\``).join(', then ')
      return `| \`${component}\` | ${unit} | ${others}${others === '' ? '' : ' '}|`
    })
    expect(part('components').trimEnd().split('\n').slice(2)).toEqual(rows)
  })

  it('[P21] shows a book that is without a fault', () => {
    const loaded = loadBook({ books: [{ path: 'lab.json', text: example }, sources], calendars: [] })
    expect(loaded.problems).toEqual([])
    expect(loaded.rows).toHaveLength(1)
  })

  it('[P24] shows prices of an operator that are without a fault', () => {
    const yaml = parseYaml('paddock.yaml', fenced('yaml')[0] ?? '', {})
    const own = [0, 1].map((index) => ({ raw: yaml.textsAt(['prices', index]), place: yaml.place(['prices', index]) }))
    const loaded = loadBook({ books: [], calendars: [] }, own)
    expect(loaded.problems).toEqual([])
    const book = usePriceBook(loaded, () => null)
    const cost = (model: string, input: number): string | null =>
      book.quote({ model, at: Date.parse('2024-06-01T00:00Z'), usage: { input, output: 1000 } }).amount
    expect([cost('lab/small', 1000), cost('lab/large', 128_000), cost('lab/large', 128_001)]).toEqual([
      '0.003000000000',
      '0.524000000000',
      '1.048008000000',
    ])
  })

  it('[P17][P19] computes its example rightly', () => {
    const book = usePriceBook(
      loadBook({ books: [{ path: 'lab.json', text: example }, sources], calendars: [] }),
      () => 'CNY',
    )
    const usage = { input: 1234, cached_input: 567, output: 89, reasoning: 10 }
    const quote = book.quote({ model: 'lab/small-2405', at: Date.parse('2024-06-01T12:00+08:00'), usage })
    const lines = quote.lines.map(({ component, units, price, amount, priced_as }) => {
      const name = priced_as === undefined ? `\`${component}\`` : `\`${component}\` as \`${priced_as}\``
      return `| ${name} | ${units} | ${price} | ${amount} |`
    })
    const sum = `| **sum** | | | **${quote.amount} ${quote.currency}** |`
    expect(part('example').trimEnd().split('\n').slice(2)).toEqual([...lines, sum])
  })
})
