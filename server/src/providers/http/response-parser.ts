import { isHeaderName } from './header-name.ts'

/** The head of an answer. Header names are lower-case; a header that came twice holds both values. */
export type ResponseHead = { readonly status: number; readonly headers: Readonly<Record<string, string>> }

/** What a parser finds: one head, pieces of the body, and one of `onWhole`, `onCutOff` and `onBroken`. */
export type ResponseEvents = {
  onHead(head: ResponseHead): void
  /** Returning false makes the parser wait, with all that it was given, until `resume`. */
  onBody(bytes: Buffer): boolean
  onWhole(): void
  /** The connection was closed before the answer was whole. */
  onCutOff(): void
  /** The answer breaks HTTP/1.1; the reason is the rest of a sentence. */
  onBroken(reason: string): void
}

const HEAD_BYTES_MAX = 32_768
const CHUNK_LINE_BYTES_MAX = 1_024
const HEAD_START = 'HTTP/1.'
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: .*)?$/
const CHUNK_LINE = /^([\da-f]{1,8})[ \t]*(?:;.*)?$/i
const LENGTH = /^\d{1,15}$/
const SIZE_DIGITS_MAX = 8
const NOTHING = Buffer.alloc(0)
const CARRIAGE_RETURN = 0x0d
const LINE_FEED = 0x0a

type State = 'head' | 'length' | 'chunk_line' | 'chunk' | 'chunk_end' | 'trailer' | 'until_close' | 'done'

/**
 * Reads one HTTP/1.1 answer (RFC 9112) to a POST, byte by byte if need be. Strict: whatever two readers could take in two
 * ways (two lengths, folded headers, bare line feeds) breaks the answer, so that no connection can fall out of step.
 */
export class ResponseParser {
  readonly #events: ResponseEvents
  #state: State = 'head'
  /** What was given and is not read yet: it begins at `at`. */
  #bytes: Buffer = NOTHING
  #at = 0
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0
  /** Where the bytes of a chunk begin whose size was read last. */
  #behindSize = 0
  #isPaused = false
  #isClosed = false
  #isKept = false

  constructor(events: ResponseEvents) {
    this.#events = events
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Whether the connection may carry another request: the answer is over, said so by itself, and nothing follows it. */
  get leavesConnectionClean(): boolean {
    return this.#state === 'done' && this.#isKept && this.#at === this.#bytes.length
  }

  /** The bytes may be overwritten once this returns, as they are by this: what is not read yet is copied. */
  push(bytes: Buffer): void {
    this.#bytes = this.#at === this.#bytes.length ? bytes : Buffer.concat([this.#bytes.subarray(this.#at), bytes])
    this.#at = 0
    this.#run()
    this.#bytes = this.#at === this.#bytes.length ? NOTHING : Buffer.from(this.#bytes.subarray(this.#at))
    this.#at = 0
  }

  resume(): void {
    this.#isPaused = false
    this.#run()
  }

  /** Nothing will be pushed any more: the connection is closed. What was pushed before is still read. */
  close(): void {
    this.#isClosed = true
    this.#run()
  }

  /** Reports nothing any more. */
  stop(): void {
    this.#state = 'done'
    this.#isKept = false
  }

  #run(): void {
    while (!this.#isPaused && this.#step());
    if (this.#isClosed && !this.#isPaused) this.#finish()
  }

  #finish(): void {
    if (this.#state === 'done') return
    if (this.#state === 'until_close') {
      this.#end()
    } else {
      this.stop()
      this.#events.onCutOff()
    }
  }

  /** Reads on by one part of the answer; false when the part is not whole yet, or there are no more. */
  #step(): boolean {
    switch (this.#state) {
      case 'head':
        return this.#readHead()
      case 'length':
      case 'chunk':
      case 'until_close':
        return this.#readBody()
      case 'chunk_line':
        return this.#readChunkLine()
      case 'chunk_end':
        return this.#readChunkEnd()
      case 'trailer':
        return this.#readTrailer()
      case 'done':
        return false
    }
  }

  #readHead(): boolean {
    const start = this.#bytes.toString('latin1', this.#at, this.#at + HEAD_START.length)
    if (!HEAD_START.startsWith(start)) return this.#break('it does not begin like HTTP/1.1')
    const end = this.#bytes.indexOf('\r\n\r\n', this.#at)
    if (this.#isBeyond(end, HEAD_BYTES_MAX)) return this.#break(`its head is longer than ${HEAD_BYTES_MAX} bytes`)
    if (end === -1) return false
    const [statusLine = '', ...headerLines] = this.#bytes.toString('latin1', this.#at, end).split('\r\n')
    this.#at = end + 4
    const [, minor, status] = STATUS_LINE.exec(statusLine) ?? []
    if (status === undefined) return this.#break('its status line is not one of HTTP/1.1')
    const headers = readHeaders(headerLines)
    if (headers === null) return this.#break('one of its headers is malformed')
    return this.#startBody({ status: Number(status), headers }, minor === '1')
  }

  /** RFC 9112 §6.3: how long the body is. */
  #startBody(head: ResponseHead, isPersistent: boolean): boolean {
    const { status, headers } = head
    const length = headers['content-length']
    const coding = headers['transfer-encoding']?.toLowerCase()
    if (status === 101) return this.#break('it changes the protocol')
    if (status < 200) return true
    if (length !== undefined && coding !== undefined) return this.#break('it has two lengths')
    if (length !== undefined && !LENGTH.test(length)) return this.#break('its length is not a number')
    if (coding !== undefined && coding !== 'chunked') return this.#break('its transfer-encoding is not known')
    this.#isKept = keepsConnection(headers['connection'], isPersistent)
    if (status === 204 || status === 304) [this.#state, this.#left] = ['length', 0]
    else if (coding !== undefined) this.#state = 'chunk_line'
    else if (length !== undefined) [this.#state, this.#left] = ['length', Number(length)]
    else [this.#state, this.#left] = ['until_close', Infinity]
    this.#events.onHead(head)
    return true
  }

  #readBody(): boolean {
    if (this.#left === 0) return this.#endBody()
    if (this.#at === this.#bytes.length) return false
    const from = this.#at
    this.#at = Math.min(from + this.#left, this.#bytes.length)
    this.#left -= this.#at - from
    const to = this.#state === 'chunk' ? this.#joinChunks(this.#at) : this.#at
    this.#isPaused = !this.#events.onBody(this.#bytes.subarray(from, to))
    return true
  }

  /**
   * Moves what follows of the body up to `to`, over the frame between one chunk and the next, so that chunks that came together
   * are handed on together. Returns where they end.
   */
  #joinChunks(to: number): number {
    const bytes = this.#bytes
    let end = to
    while (this.#left === 0 && bytes[this.#at] === CARRIAGE_RETURN && bytes[this.#at + 1] === LINE_FEED) {
      const size = this.#plainSize(this.#at + 2)
      if (size <= 0) break
      const from = this.#behindSize
      this.#at = Math.min(from + size, bytes.length)
      this.#left = size - (this.#at - from)
      bytes.copyWithin(end, from, this.#at)
      end += this.#at - from
    }
    return end
  }

  /** The size in a line of a chunk that holds nothing else, and is whole; -1 for any other. */
  #plainSize(from: number): number {
    const bytes = this.#bytes
    let size = 0
    let at = from
    for (let digit = hexDigit(bytes[at]); digit >= 0; digit = hexDigit(bytes[at])) {
      size = size * 16 + digit
      at += 1
    }
    const isPlain = at > from && at - from <= SIZE_DIGITS_MAX
    if (!isPlain || bytes[at] !== CARRIAGE_RETURN || bytes[at + 1] !== LINE_FEED) return -1
    this.#behindSize = at + 2
    return size
  }

  /** A step of its own, so that the end waits as well when the last bytes made the parser pause. */
  #endBody(): boolean {
    if (this.#state === 'length') return this.#end()
    this.#state = 'chunk_end'
    return true
  }

  #readChunkLine(): boolean {
    if (this.#at === this.#bytes.length) return false
    this.#left = this.#plainSize(this.#at)
    if (this.#left === -1) return this.#readUnusualChunkLine()
    this.#at = this.#behindSize
    return this.#startChunk()
  }

  #readUnusualChunkLine(): boolean {
    const line = this.#readLine(CHUNK_LINE_BYTES_MAX)
    if (line === null) return false
    const [, size] = CHUNK_LINE.exec(line) ?? []
    if (size === undefined) return this.#break('the size of a chunk is not a number')
    this.#left = Number.parseInt(size, 16)
    return this.#startChunk()
  }

  #startChunk(): true {
    this.#state = this.#left === 0 ? 'trailer' : 'chunk'
    return true
  }

  #readChunkEnd(): boolean {
    if (this.#bytes.length - this.#at < 2) return false
    if (this.#bytes[this.#at] !== CARRIAGE_RETURN || this.#bytes[this.#at + 1] !== LINE_FEED)
      return this.#break('a chunk is longer than it said')
    this.#at += 2
    this.#state = 'chunk_line'
    return true
  }

  #readTrailer(): boolean {
    const line = this.#readLine(HEAD_BYTES_MAX)
    if (line === null) return false
    return line === '' ? this.#end() : true
  }

  /** The next line without its end, or null while it is not whole. */
  #readLine(bytesMax: number): string | null {
    const end = this.#bytes.indexOf('\r\n', this.#at)
    if (this.#isBeyond(end, bytesMax)) {
      this.#break(`one of its lines is longer than ${bytesMax} bytes`)
      return null
    }
    if (end === -1) return null
    const line = this.#bytes.toString('latin1', this.#at, end)
    this.#at = end + 2
    return line
  }

  /** Whether what ends here, or has not ended yet, is longer than it may be. */
  #isBeyond(end: number, bytesMax: number): boolean {
    return (end === -1 ? this.#bytes.length : end) - this.#at > bytesMax
  }

  #end(): false {
    this.#isKept &&= this.#state !== 'until_close'
    this.#state = 'done'
    this.#events.onWhole()
    return false
  }

  #break(reason: string): false {
    this.stop()
    this.#events.onBroken(reason)
    return false
  }
}

function readHeaders(lines: readonly string[]): Record<string, string> | null {
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const key = line.slice(0, Math.max(colon, 0)).toLowerCase()
    const value = line.slice(colon + 1).trim()
    if (!isHeaderName(key) || /[\r\n\0]/.test(value)) return null
    const earlier = headers.get(key)
    headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`)
  }
  return Object.fromEntries(headers)
}

/** -1 for what is none. */
function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

function keepsConnection(header: string | undefined, isPersistent: boolean): boolean {
  const options = (header ?? '').toLowerCase().split(/[ ,]+/)
  return !options.includes('close') && (isPersistent || options.includes('keep-alive'))
}
