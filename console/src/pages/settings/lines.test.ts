import { describe, expect, it } from 'vitest'
import { changedLines, offsetOf } from './lines.ts'

const told = (before: string, after: string): string[] =>
  changedLines(before, after).map(({ kind, line, text }) => `${kind === 'added' ? '+' : '-'}${line} ${text}`)

describe('a place in a text', () => {
  const text = 'one\ntwo\n\nfour'

  it('is found by line and column', () => {
    expect(text.slice(offsetOf(text, 2, 2))).toBe('wo\n\nfour')
    expect(text.slice(offsetOf(text, 4, 1))).toBe('four')
  })

  it('beyond the end is the end', () => {
    expect(offsetOf(text, 1, 99)).toBe(3)
    expect(offsetOf(text, 99, 99)).toBe(text.length)
    expect(offsetOf('', 1, 1)).toBe(0)
  })
})

describe('what has changed between two texts', () => {
  it('is nothing where they are the same', () => {
    expect(changedLines('a\nb', 'a\nb')).toEqual([])
  })

  it('is told by line, in the order of the text', () => {
    expect(told('a\nb\nc', 'a\nx\nc')).toEqual(['-2 b', '+2 x'])
    expect(told('a\nc', 'a\nb\nc')).toEqual(['+2 b'])
    expect(told('a\nb\nc', 'a\nc')).toEqual(['-2 b'])
    expect(told('', 'a')).toEqual(['-1 ', '+1 a'])
  })

  it('keeps as many lines as it can', () => {
    expect(told('a\nb\nc\nd', 'b\nd\ne')).toEqual(['-1 a', '-3 c', '+3 e'])
  })

  it('makes one text of the other', () => {
    const words = ['a', 'b', 'c']
    for (let made = 0; made < 3 ** 6; made++) {
      const letters = Array.from({ length: 6 }, (_, place) => words[Math.floor(made / 3 ** place) % 3] ?? 'a')
      const [before, after] = [letters.slice(0, 3), letters.slice(3)]
      const changes = changedLines(before.join('\n'), after.join('\n'))
      const gone = new Set(changes.filter(({ kind }) => kind === 'removed').map(({ line }) => line))
      const rest = before.filter((_, place) => !gone.has(place + 1))
      for (const { kind, line, text } of changes) if (kind === 'added') rest.splice(line - 1, 0, text)
      expect(rest, letters.join()).toEqual(after)
    }
  })

  it('of long texts that have nothing in common is all of them', () => {
    const [before, after] = ['a', 'b'].map((word) =>
      Array.from({ length: 3000 }, (_, place) => word + place).join('\n'),
    )
    expect(changedLines(before ?? '', after ?? '')).toHaveLength(6000)
  })
})
