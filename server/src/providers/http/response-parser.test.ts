import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ResponseParser, type ResponseHead } from './response-parser.ts'

type Read = {
  readonly head: ResponseHead | null
  readonly body: Buffer
  readonly end: 'whole' | 'broken' | 'cut off' | 'open'
  readonly reason: string
  readonly isClean: boolean
}
type Reading = {
  readonly isClosed?: boolean
  readonly pauses?: readonly boolean[]
  /** Resumes only when everything has arrived, and the connection is closed if it will be. */
  readonly resumesLate?: boolean
}

/** Reads pieces as a connection would hand them out, waiting after the pieces of the body that `pauses` says. */
function read(pieces: readonly Buffer[], { isClosed = false, pauses = [], resumesLate = false }: Reading = {}): Read {
  const seen = { head: null as ResponseHead | null, end: 'open' as Read['end'], reason: '' }
  const body: Buffer[] = []
  const parser = new ResponseParser({
    onHead: (head) => {
      expect(seen.head).toBeNull()
      seen.head = head
    },
    onBody: (bytes) => {
      expect([seen.end, parser.isPaused, bytes.length > 0]).toEqual(['open', false, true])
      body.push(Buffer.from(bytes))
      return pauses[body.length - 1] !== true
    },
    onWhole: () => {
      expect([seen.end, parser.isPaused]).toEqual(['open', false])
      seen.end = 'whole'
    },
    onCutOff: () => {
      expect([seen.end, parser.isPaused]).toEqual(['open', false])
      seen.end = 'cut off'
    },
    onBroken: (reason) => {
      expect(seen.end).toBe('open')
      Object.assign(seen, { end: 'broken', reason })
    },
  })
  const resume = (): void => {
    while (parser.isPaused) parser.resume()
  }
  for (const piece of pieces) {
    const lent = Buffer.from(piece)
    parser.push(lent)
    lent.fill('?')
    if (!resumesLate) resume()
  }
  if (isClosed) parser.close()
  resume()
  return { ...seen, body: Buffer.concat(body), isClean: parser.leavesConnectionClean }
}

const text = (answer: string): Buffer => Buffer.from(answer, 'latin1')

/** A body in chunks of the sizes given, with an extension and a trailer. */
function chunked(body: Buffer, sizes: readonly number[]): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (const size of [...sizes, body.length]) {
    const chunk = body.subarray(at, at + size)
    if (chunk.length > 0) parts.push(text(`${chunk.length.toString(16).toUpperCase()};x=1\r\n`), chunk, text('\r\n'))
    at += chunk.length
  }
  return Buffer.concat([...parts, text('0\r\nx-trailer: 1\r\n\r\n')])
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

describe('an answer', () => {
  it('is the same however it is framed, cut and held up', () => {
    const answer = fc.record({
      framing: fc.constantFrom('length', 'chunked', 'until_close'),
      body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      sizes: fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 8 }),
      places: fc.array(fc.nat(1_000), { maxLength: 12 }),
      pauses: fc.array(fc.boolean(), { maxLength: 20 }),
      interim: fc.boolean(),
      resumesLate: fc.boolean(),
    })
    fc.assert(
      fc.property(answer, ({ framing, body, sizes, places, pauses, interim, resumesLate }) => {
        const framings = {
          length: [`content-length: ${body.length}`, body],
          chunked: ['transfer-encoding: Chunked', chunked(body, sizes)],
          until_close: ['x-framing: none', body],
        } as const
        const [header, framed] = framings[framing as keyof typeof framings]
        const head = `${interim ? 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n' : ''}HTTP/1.1 200 OK\r\n${header}\r\n\r\n`
        const heard = read(cut(Buffer.concat([text(head), framed]), places), { pauses, resumesLate, isClosed: true })
        expect(heard.head?.status).toBe(200)
        expect(heard.body.equals(body)).toBe(true)
        expect([heard.end, heard.isClean]).toEqual(['whole', framing !== 'until_close'])
      }),
      { numRuns: 500 },
    )
  })

  it('comes in one piece where its chunks did, and the bytes of no other chunk are waited for', () => {
    const pieces: string[] = []
    const parser = new ResponseParser({
      onHead: () => undefined,
      onBody: (bytes) => (pieces.push(bytes.toString()), true),
      onWhole: () => pieces.push('whole'),
      onCutOff: () => undefined,
      onBroken: () => undefined,
    })
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'
    for (const part of [`${head}1\r\na\r\n2\r\nbc\r\n3;x\r\ndef\r\n4\r\ngh`, 'ij', '\r\n1\r\nk\r\n0\r\n\r\n'])
      parser.push(text(part))
    expect(pieces).toEqual(['abc', 'defgh', 'ij', 'k', 'whole'])
  })

  it('that stops anywhere is never taken for a whole one', () => {
    const whole = Buffer.concat([
      text('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'),
      chunked(text('abcdef'), [2, 3]),
    ])
    const ends = Array.from({ length: whole.length }, (_, at) => read([whole.subarray(0, at)], { isClosed: true }).end)
    expect(new Set(ends)).toEqual(new Set(['cut off']))
  })

  it('of any bytes at all is read without a fault of ours', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each)),
      fc
        .array(
          fc.constantFrom(
            'HTTP/1.1 200 OK',
            '\r\n',
            '\n',
            '0',
            'f',
            ':',
            'content-length',
            'transfer-encoding',
            'chunked',
            ' ',
          ),
          {
            maxLength: 30,
          },
        )
        .map((parts) => text(parts.join(''))),
    )
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(200), { maxLength: 5 }), (all, places) => {
        const once = read([all], { isClosed: true })
        const inPieces = read(cut(all, places), { isClosed: true })
        expect([inPieces.end, inPieces.head, inPieces.body]).toEqual([once.end, once.head, once.body])
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['HTTP/1.1 204 No Content\r\n\r\n', 204],
    ['HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n', 304],
    ['HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n', 200],
  ])('%j is whole without a body', (answer, status) => {
    expect(read([text(answer)])).toMatchObject({ head: { status }, end: 'whole', isClean: true })
  })

  it('keeps headers of any name, and both values of a repeated one', () => {
    const { head } = read([text('HTTP/1.1 200 OK\r\nX-A:  1 \r\nx-a:2\r\n__proto__: x\r\nempty:\r\n\r\n')])
    expect(Object.entries(head?.headers ?? {})).toEqual([
      ['x-a', '1, 2'],
      ['__proto__', 'x'],
      ['empty', ''],
    ])
  })
})

describe('the connection', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', true],
    ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: Keep-Alive\r\n\r\nok', true],
    ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: x, Close\r\n\r\nok', false],
    ['HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', false],
    ['HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok', true],
    ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK', false],
    ['HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok', false],
  ])('after %j can be used again: %s', (answer, isClean) => {
    expect(read([text(answer)]).isClean).toBe(isClean)
  })
})

describe('what could be read in two ways', () => {
  it.each([
    ['SSH-2.0-OpenSSH_9.2\r\n', /does not begin/],
    ['HTTP/2 200\r\n\r\n', /does not begin/],
    ['HTTP/1.1 OK\r\n\r\n', /status line/],
    ['HTTP/1.1 600 Odd\r\n\r\n', /status line/],
    ['HTTP/1.1 101 Switching Protocols\r\n\r\n', /protocol/],
    ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n', /headers/],
    ['HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n', /headers/],
    ['HTTP/1.1 200 OK\r\na : b\r\n\r\n', /headers/],
    ['HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n', /headers/],
    ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n', /two lengths/],
    ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n', /length is not/],
    ['HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n', /length is not/],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n', /transfer-encoding/],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x2\r\nok\r\n', /size of a chunk/],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n100000000\r\n', /size of a chunk/],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nokay\r\n', /longer than it said/],
    [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}`, /head is longer/],
    [`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;${'y'.repeat(2_000)}`, /lines is longer/],
  ])('%.60j is broken', (answer, reason) => {
    const heard = read([text(answer)])
    expect([heard.end, heard.isClean]).toEqual(['broken', false])
    expect(heard.reason).toMatch(reason)
  })
})
