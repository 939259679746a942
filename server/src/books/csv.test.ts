import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCsv } from '../../../tests/stand-ins/parse-csv.ts'
import { randomEntry } from '../../../tests/stand-ins/random-entry.ts'
import { entryFor, money } from '../../../tests/stand-ins/samples.ts'
import { csvHead, csvLine } from './csv.ts'

const columns = parseCsv(csvHead())[0] ?? []

function cellOf(line: string, column: string): string | undefined {
  return parseCsv(line)[0]?.[columns.indexOf(column)]
}

describe('[B27] the export', () => {
  it('names its columns', () => {
    expect(csvHead()).toBe(
      'id,at,ended_at,state,error,organisation_id,team_id,user_id,key_id,end_user,endpoint,stream,route,provider,model,answered_model,' +
        'provider_request_id,input,cached_input,cache_write,cache_write_1h,output,reasoning,usage_source,usage_method,' +
        'cost,cost_currency,charge,charge_currency,price_rows,priced_as_of,practice,app,first_byte_ms,duration_ms,attempts,extra,race,arm,mirror_of,kind,adjusts,reason,retry_loss\r\n',
    )
  })

  it('is explained, column by column', () => {
    const explained = readFileSync('docs/reference/books.md', 'utf8')
    expect(columns.filter((name) => !explained.includes(`\`${name}\``))).toEqual([])
  })

  it('has one line for an entry, every column filled or empty', () => {
    const line = csvLine(entryFor('a', { price_rows: ['one', 'two'], user_id: null, app: 'say "hi", twice\r\n' }))
    expect(line.startsWith('a,2024-05-21T12:00:00.000Z,2024-05-21T12:00:02.000Z,ok,,org,team,,key-1,')).toBe(true)
    expect(line).toContain(',900,100,0,0,250,0,provider,usage,0.001420000000,CNY,0.001420000000,CNY,one two,')
    expect(line).toContain(',"say ""hi"", twice\r\n",')
    expect(line.endsWith('\r\n')).toBe(true)
  })

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1+1', "'-1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    ['-1.5', '-1.5'],
    ['a=1', 'a=1'],
    ['用户', '用户'],
  ])('writes the text %j so that no spreadsheet runs it', (app, expected) => {
    expect(cellOf(csvLine(entryFor('a', { app })), 'app')).toBe(expected)
  })

  it('leaves a negative amount a number', () => {
    expect(cellOf(csvLine(entryFor('a', { cost: money('-1.500000000000', 'CNY') })), 'cost')).toBe('-1.500000000000')
  })

  it('reads back cell by cell, whatever callers chose as names', () => {
    fc.assert(
      fc.property(randomEntry('a'), (entry) => {
        const rows = parseCsv(csvHead() + csvLine(entry))
        expect(rows.length).toBe(2)
        expect(rows[1]?.length).toBe(columns.length)
        const app = cellOf(csvLine(entry), 'app') ?? ''
        expect(app.replace(/^'(?=[=+\-@\t\r])/, '')).toBe(entry.app ?? '')
        expect(cellOf(csvLine(entry), 'cost')).toBe(entry.cost.amount ?? '')
      }),
    )
  })
})
