import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SseSplitter } from './sse.ts'

type Event = { readonly raw: string; readonly data: string | null }

/** Bytes are shown as latin1 throughout, so that a cut inside of a character changes nothing. */
function split(chunks: readonly Buffer[]): Event[] {
  const splitter = new SseSplitter()
  const events: Event[] = []
  const take = (found: readonly { raw: Buffer; data: Buffer | null }[]): void => {
    for (const { raw, data } of found)
      events.push({ raw: raw.toString('latin1'), data: data?.toString('latin1') ?? null })
  }
  for (const chunk of chunks) {
    // A socket reuses its memory: what is not copied in time is lost.
    const lent = Buffer.from(chunk)
    take(splitter.push(lent))
    lent.fill(0x21)
  }
  take(splitter.end())
  return events
}

const bytes = (text: string): Buffer => Buffer.from(text)
const latin1 = (text: string): string => bytes(text).toString('latin1')

/** The standard's algorithm on a whole text, line by line. */
function reference(text: string): (string | null)[] {
  const payloads: (string | null)[] = []
  let lines: string[] = []
  let isOpen = false
  const parts = text.split(/(\r\n|\r|\n)/)
  for (let index = 0; index < parts.length; index += 2) {
    const line = index === 0 ? (parts[0] ?? '').replace(/^\u00ef\u00bb\u00bf/, '') : (parts[index] ?? '')
    const isWhole = index + 1 < parts.length
    isOpen ||= isWhole || parts[index] !== ''
    const [, payload] = /^data(?::[ ]?([^]*))?$/.exec(line) ?? []
    if (/^data(?::|$)/.test(line)) lines.push(payload ?? '')
    if ((line !== '' || !isWhole) && index + 2 < parts.length) continue
    if (isOpen) payloads.push(lines.length === 0 ? null : lines.join('\n'))
    lines = []
    isOpen = false
  }
  return payloads
}

const FIXTURES: readonly (readonly [what: string, text: string, payloads: readonly (string | null)[]])[] = [
  [
    'a usual stream',
    'data: {"a":1}\n\ndata: {"a":"中文😀"}\n\ndata: [DONE]\n\n',
    ['{"a":1}', '{"a":"中文😀"}', '[DONE]'],
  ],
  ['CRLF', 'data: 1\r\n\r\ndata: 2\r\n\r\n', ['1', '2']],
  ['CR', 'data: 1\r\rdata: 2\r\r', ['1', '2']],
  ['line ends mixed', 'data: 1\r\n\ndata: 2\r\r\ndata: 3\n\rdata: 4\n\n', ['1', '2', '3', '4']],
  ['a byte order mark', '\uFEFFdata: 1\n\ndata: 2\n\n', ['1', '2']],
  ['a byte order mark alone on its line', '\uFEFF\ndata: 1\n\n', [null, '1']],
  ['no space behind the colon, and two', 'data:1\n\ndata:  2\n\n', ['1', ' 2']],
  ['comments', ': keep-alive\n\n: x\ndata: 1\n:y\n\n:\n\n', [null, '1', null]],
  ['several lines of data', 'data: {\ndata: "a":1\ndata: }\n\n', ['{\n"a":1\n}']],
  ['empty data', 'data\n\ndata:\n\ndata\ndata\n\n', ['', '', '\n']],
  ['other fields', 'event: error\nid: 7\nretry: 10\ndata: 1\n\ndatabase: no\n\ndata : no\n\n', ['1', null, null]],
  ['no blank line at the end', 'data: 1\n\ndata: 2\n', ['1', '2']],
  ['no line end at the end', 'data: 1\n\ndata: 2', ['1', '2']],
  ['a CR at the end', 'data: 1\r\n\r', ['1']],
  ['blank lines', '\n\n\ndata: 1\n\n\n\n', [null, null, null, '1', null, null]],
  ['nothing', '', []],
]

describe('events', () => {
  it.each(FIXTURES)('%s', (_, text, payloads) => {
    const events = split([bytes(text)])
    expect(events.map(({ data }) => data)).toEqual(
      payloads.map((payload) => (payload === null ? null : latin1(payload))),
    )
    expect(events.map(({ raw }) => raw).join('')).toBe(latin1(text))
    expect(reference(latin1(text))).toEqual(events.map(({ data }) => data))
  })

  it.each(FIXTURES)('%s, cut at every byte and into bytes', (_, text) => {
    const whole = bytes(text)
    const expected = split([whole])
    for (let at = 0; at <= whole.length; at += 1)
      expect(split([whole.subarray(0, at), whole.subarray(at)])).toEqual(expected)
    expect(split(Array.from(whole, (byte) => Buffer.of(byte)))).toEqual(expected)
  })

  it('are the same however a stream is cut, and lose no byte', () => {
    const piece = fc.constantFrom(
      'data: ',
      'data',
      ':',
      'x',
      '中',
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      '\uFEFF',
      ' ',
      ': ping',
      'event: e',
      'd',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(120), { maxLength: 8 }), (pieces, cuts) => {
        const whole = bytes(pieces.join(''))
        const events = split([whole])
        expect(events.map(({ raw }) => raw).join('')).toBe(whole.toString('latin1'))
        expect(events.map(({ data }) => data)).toEqual(reference(whole.toString('latin1')))
        const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length].sort(
          (one, other) => one - other,
        )
        expect(split(places.map((place, index) => whole.subarray(places[index - 1] ?? 0, place)))).toEqual(events)
      }),
      { numRuns: 3_000 },
    )
  })

  it('come as soon as their blank line has', () => {
    const splitter = new SseSplitter()
    expect(splitter.push(bytes('data: 1\n'))).toEqual([])
    expect(splitter.push(bytes('\nda')).map(({ data }) => data?.toString())).toEqual(['1'])
    expect(splitter.push(bytes('ta: 2\r\n\r\n')).map(({ data }) => data?.toString())).toEqual(['2'])
  })
})

describe('the limit', () => {
  const piece = Buffer.alloc(64 * 1024, 0x61)

  it.each<[what: string, piece: Buffer]>([
    ['one endless line', piece],
    ['endless lines', Buffer.from('data: x\n'.repeat(8 * 1024))],
  ])('cuts %s off at 8 MiB', (_, each) => {
    const splitter = new SseSplitter()
    const pushes = (): number => {
      for (let count = 0; ; count += 1) splitter.push(each)
    }
    expect(pushes).toThrow(expect.objectContaining({ code: 'provider_bad_answer' }))
  })

  it('leaves a long event whole', () => {
    const splitter = new SseSplitter()
    splitter.push(bytes('data: '))
    for (let count = 0; count < 100; count += 1) expect(splitter.push(piece)).toEqual([])
    expect(splitter.push(bytes('\n\n')).map(({ data }) => data?.length)).toEqual([100 * piece.length])
  })
})
