import { describe, expect, it } from 'vitest'
import { instantOr, oneOf, readCount, readNames } from './arguments.ts'

const LONG = 'x'.repeat(5_000)

describe('an option', () => {
  it.each<[what: string, read: (text: string) => unknown, takes: string]>([
    [
      'of a count',
      (text) => readCount(text, '--n', { from: 0, digitsMax: 9 }),
      'from zero upwards, of at most 9 digits',
    ],
    ['of an instant', (text) => instantOr(text, '--n', 0), 'a day such as 2024-05-21'],
    ['of a choice', (text) => oneOf(text, '--n', ['a', 'b']), 'takes one of a, b'],
    ['of names', (text) => readNames(`${text} ${text}`, '--n'), 'names with commas between'],
  ])('%s shows the beginning of what it got', (_what, read, takes) => {
    expect(() => read(LONG)).toThrow(expect.objectContaining({ code: 'argument_invalid' }) as Error)
    expect(() => read(LONG)).toThrow(takes)
    expect(() => read(LONG)).toThrow(/^--n .{0,120}; got "x{63}…"\.$/)
  })

  it.each([
    ['0', 0, 0],
    ['007', 0, 7],
    ['123', 0, 123],
    ['1', 1, 1],
  ] as const)('takes the count %s from %i', (text, from, count) => {
    expect(readCount(text, '--n', { from, digitsMax: 3 })).toBe(count)
  })

  it.each([
    ['', 0],
    ['1234', 0],
    ['-1', 0],
    ['1.0', 0],
    ['1e2', 0],
    [' 1', 0],
    ['0', 1],
    ['01', 1],
  ] as const)('takes no count %j from %i', (text, from) => {
    expect(() => readCount(text, '--n', { from, digitsMax: 3 })).toThrow('takes a whole number')
  })

  it('takes names with commas between', () => {
    expect(readNames('chat, deepseek/*', '--models')).toEqual(['chat', 'deepseek/*'])
    expect(() => readNames('chat,,b', '--models')).toThrow('--models takes names')
  })
})
