import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseLocatedJson } from './located-json.ts'

describe('JSON with places', () => {
  it('[P21] reads what JSON.parse reads', () => {
    const noProto = (text: string): boolean => !text.includes('__proto__')
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }).filter(noProto), fc.constantFrom(undefined, 2), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent)
        const located = parseLocatedJson(text)
        expect(located.faults).toEqual([])
        expect(located.value).toEqual(JSON.parse(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('[P21] refuses what JSON.parse refuses', () => {
    const broken = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', '"', '}', '[', ':', '0', 'x', String.fromCodePoint(92)),
    )
    fc.assert(
      fc.property(broken, ([json, at, sign]) => {
        const cut = at % (json.length + 1)
        const text = json.slice(0, cut) + sign + json.slice(cut + 1)
        fc.pre(!text.includes('__proto__'))
        const isRead = parseLocatedJson(text).faults.every(({ message }) => message.endsWith('is here twice'))
        expect(isRead).toBe(parses(text))
      }),
      { numRuns: 5_000 },
    )
  })

  const text = '{\n  "rows": [\n    { "a": 1 },\n    { "a": { "b": "é\\n" } }\n  ]\n}'
  it.each([
    [[], 1, 1],
    [['rows'], 2, 11],
    [['rows', 0, 'a'], 3, 12],
    [['rows', 1, 'a', 'b'], 4, 19],
    [['rows', 1, 'missing'], 4, 5],
    [['nothing', 'below'], 1, 1],
  ])('[P21] knows where %j stands', (path, line, column) => {
    expect(parseLocatedJson(text).place(path)).toEqual({ line, column })
  })

  it.each([
    ['{"a":1,}', 'a key in quotes must stand here', 8],
    ['{"a" 1}', '":" must stand here', 6],
    ['[1 2]', '"," or "]" must stand here', 4],
    ['{"a":1} {', 'nothing may follow the value', 9],
    ['"open', 'this text has no end or holds a character that must be escaped', 1],
    ['nul', 'a value must stand here', 1],
    ['[', 'the file ends too early', 2],
    ['{"__proto__":1}', 'this key is not allowed', 13],
    ['['.repeat(40), 'more than 32 levels', 34],
  ])('[P21] says what is wrong with %s', (wrong, message, column) => {
    expect(parseLocatedJson(wrong)).toMatchObject({
      value: undefined,
      faults: [{ message: `this is not JSON: ${message}`, place: { line: 1, column } }],
    })
  })

  it('[P21] finds a key that stands twice, and reads on', () => {
    const { faults, value } = parseLocatedJson('{"a":1,\n "a":2, "b":{"c":1,"c":2}}')
    expect(value).toEqual({ a: 2, b: { c: 2 } })
    expect(faults).toEqual([
      { place: { line: 2, column: 2 }, message: 'the key "a" is here twice' },
      { place: { line: 2, column: 20 }, message: 'the key "c" is here twice' },
    ])
  })
})

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
