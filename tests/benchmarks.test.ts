import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkLimits, describe as tell, type Limit } from '../benchmarks/report/check.ts'
import { fill } from '../benchmarks/report/docs.ts'
import { dotPlot } from '../benchmarks/report/dot-plot.ts'

/** What is said about measurements; the measurements themselves are not for tests. */

const scenario = (peers: Record<string, Record<string, number>>) => ({ stream: false, load: [], failed: {}, peers })
const limit: Limit = { scenario: 'chat', figure: 'processor', of: 'paddock', to: 'nginx', atMost: 2 }

describe('ratios', () => {
  it('tells which ratio passed which limit', () => {
    const scenarios = { chat: scenario({ paddock: { processor: 50 }, nginx: { processor: 20 } }) }
    const [over, within] = checkLimits([limit, { ...limit, atMost: 3 }], { scenarios })
    expect([over?.holds, within?.holds]).toEqual([false, true])
    expect(over && tell(over)).toContain(
      'does NOT hold  chat: processor of paddock is 2.50 times that of nginx; it should be at most 2',
    )
  })

  it('knows limits from below', () => {
    const scenarios = { chat: scenario({ paddock: { perSecond: 50 }, nginx: { perSecond: 20 } }) }
    const from = { scenario: 'chat', figure: 'perSecond', of: 'paddock', to: 'nginx' }
    const checked = checkLimits(
      [
        { ...from, atLeast: 3 },
        { ...from, atLeast: 2 },
      ],
      { scenarios },
    )
    expect(checked.map(({ holds }) => holds)).toEqual([false, true])
  })

  it('says of a peer that was not measured that it was not', () => {
    const [checked] = checkLimits([limit], { scenarios: { chat: scenario({ paddock: { processor: 50 } }) } })
    expect(checked && tell(checked)).toMatch(/^not measured/)
  })
})

describe('the page', () => {
  it('has a place for every section, and each is filled between its markers', () => {
    const page = readFileSync('docs/benchmarks.md', 'utf8')
    const places = [...page.matchAll(/<!-- (\w+) -->/g)].map(([, name = '']) => name)
    expect(places.length).toBeGreaterThan(0)
    for (const name of places)
      expect(fill(page, name, 'filled')).toContain(`<!-- ${name} -->\nfilled\n<!-- /${name} -->`)
    expect(() => fill(page, 'nowhere', '')).toThrow('has no place for nowhere')
  })

  it('has plots with a background of their own, whatever names are in them', () => {
    const svg = dotPlot({
      title: 'A & B',
      unit: 'ms',
      series: [''],
      bold: '',
      rows: [
        { name: '<peer>', values: [12] },
        { name: 'none', values: [null] },
      ],
    })
    expect(svg).toContain('fill="#fbfaf7"')
    expect(svg).toContain('A &amp; B')
    expect(svg).not.toContain('<peer>')
    expect(svg.match(/<circle/g)).toHaveLength(1)
  })
})
