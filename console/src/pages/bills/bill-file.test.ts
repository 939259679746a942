import { describe, expect, it } from 'vitest'
import { decodeBill, problemsOf } from './bill-file.ts'

describe('the file of a bill', () => {
  it('is read as UTF-8', () => {
    expect(decodeBill(new TextEncoder().encode('日期,金额').buffer)).toBe('日期,金额')
  })

  it('is read as GB 18030 where it is no UTF-8', () => {
    expect(decodeBill(new Uint8Array([0xc8, 0xd5, 0xc6, 0xda]).buffer)).toBe('日期')
  })
})

describe('what is wrong with a bill', () => {
  it('is told line by line', () => {
    const message = 'Nothing of the bill was taken in.\nline 4: utc_date is no day: "2026-02-31"\nand 3 more'
    expect(problemsOf(message)).toEqual([
      { line: 4, what: 'utc_date is no day: "2026-02-31"' },
      { line: null, what: 'and 3 more' },
    ])
  })

  it('is nothing where the words are about something else', () => {
    expect(problemsOf('The body is too large.')).toEqual([])
  })
})
