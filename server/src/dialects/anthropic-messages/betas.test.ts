import { expect, it } from 'vitest'
import { readBetas } from './betas.ts'

it.each<[header: string, betas: string | null]>([
  ['context-1m-2025-08-07', 'context-1m-2025-08-07'],
  [' a , b,,c ', 'a,b,c'],
  ['', null],
  [' , ', null],
])('asks of the header %j for %j', (header, betas) => {
  expect(readBetas(header)).toBe(betas)
})

it.each<[header: string, code: string]>([
  ['a b', 'value_unknown'],
  ['a,b\r\nx-api-key: mine', 'value_unknown'],
  ['é', 'value_unknown'],
  ['a,'.repeat(513), 'too_long'],
])('the header %j is refused', (header, code) => {
  expect(() => readBetas(header)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining('anthropic-beta') as string }),
  )
})
