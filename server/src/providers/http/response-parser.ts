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
const NOTHING = Buffer.alloc(0)

type State = 'head' | 'length' | 'chunk_line' | 'chunk' | 'chunk_end' | 'trailer' | 'until_close' | 'done'

/**
 * Reads one HTTP/1.1 answer (RFC 9112) to a POST, byte by byte if need be. Strict: whatever two readers could take in two
 * ways (two lengths, folded headers, bare line feeds) breaks the answer, so that no connection can fall out of step.
 */
export class ResponseParser {
  readonly #events: ResponseEvents
  #state: State = 'head'
  #rest: Buffer = NOTHING
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0
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
    return this.#state === 'done' && this.#isKept && this.#rest.length === 0
  }

  /** The bytes may be overwritten once this returns: what is not read yet is copied. */
  push(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    this.#run()
    this.#rest = this.#rest.length === 0 ? NOTHING : Buffer.from(this.#rest)
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
    const start = this.#rest.toString('latin1', 0, HEAD_START.length)
    if (!HEAD_START.startsWith(start)) return this.#break('it does not begin like HTTP/1.1')
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end > HEAD_BYTES_MAX || (end === -1 && this.#rest.length > HEAD_BYTES_MAX)) {
      return this.#break(`its head is longer than ${HEAD_BYTES_MAX} bytes`)
    }
    if (end === -1) return false
    const [statusLine = '', ...headerLines] = this.#rest.toString('latin1', 0, end).split('\r\n')
    this.#rest = this.#rest.subarray(end + 4)
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
    if (this.#rest.length === 0) return false
    const bytes = this.#rest.subarray(0, this.#left)
    this.#rest = this.#rest.subarray(bytes.length)
    this.#left -= bytes.length
    this.#isPaused = !this.#events.onBody(bytes)
    return true
  }

  /** A step of its own, so that the end waits as well when the last bytes made the parser pause. */
  #endBody(): boolean {
    if (this.#state === 'length') return this.#end()
    this.#state = 'chunk_end'
    return true
  }

  #readChunkLine(): boolean {
    const line = this.#readLine(CHUNK_LINE_BYTES_MAX)
    if (line === null) return false
    const [, size] = CHUNK_LINE.exec(line) ?? []
    if (size === undefined) return this.#break('the size of a chunk is not a number')
    this.#left = Number.parseInt(size, 16)
    this.#state = this.#left === 0 ? 'trailer' : 'chunk'
    return true
  }

  #readChunkEnd(): boolean {
    if (this.#rest.length < 2) return false
    if (this.#rest[0] !== 0x0d || this.#rest[1] !== 0x0a) return this.#break('a chunk is longer than it said')
    this.#rest = this.#rest.subarray(2)
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
    const end = this.#rest.indexOf('\r\n')
    if (end > bytesMax || (end === -1 && this.#rest.length > bytesMax)) {
      this.#break(`one of its lines is longer than ${bytesMax} bytes`)
      return null
    }
    if (end === -1) return null
    const line = this.#rest.toString('latin1', 0, end)
    this.#rest = this.#rest.subarray(end + 2)
    return line
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

function keepsConnection(header: string | undefined, isPersistent: boolean): boolean {
  const options = (header ?? '').toLowerCase().split(/[ ,]+/)
  return !options.includes('close') && (isPersistent || options.includes('keep-alive'))
}
