import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const CARRIAGE_RETURN = 0x0d
const LINE_FEED = 0x0a
const LINE_BREAK_BYTES = 2
/** Before a piece: for its size in hexadecimal digits, and a line break. */
const FRAME_BYTES_MAX = 10
const PLACE_BYTES = 16_384

/**
 * Where every piece is put together, with its frame. It is made and sent without a pause, and mostly the system has taken it by
 * then, so one place is enough for all answers, and nothing is allotted for a piece.
 */
let place = Buffer.allocUnsafeSlow(PLACE_BYTES)
let end = FRAME_BYTES_MAX
/** Whose piece is there: what somebody left behind without sending it must not go to another caller. */
let owner: ServerResponse | null = null

/**
 * The body of an answer that is sent piece by piece. Node makes several buffers of each piece and its frame (RFC 9112 §7.1)
 * and holds them until the end of the turn, which costs more than all else that is done for a small event. Here a piece and its
 * frame are one buffer, which goes straight to the socket wherever Node would send it there, too.
 */
export class ChunkedAnswer {
  readonly #response: ServerResponse
  /** Node sends the head together with the first piece. */
  #hasBegun = false

  constructor(response: ServerResponse) {
    this.#response = response
  }

  /** Adds a copy of these bytes to the piece that is sent next. It has to be sent before another answer adds to its own. */
  add(bytes: Uint8Array): void {
    if (owner !== this.#response) empty()
    owner = this.#response
    const to = end + bytes.length
    if (to + LINE_BREAK_BYTES > place.length) place = Buffer.concat([place.subarray(0, end)], 2 * to)
    place.set(bytes, end)
    end = to
  }

  /** The piece so far. It is overwritten by the next one. */
  get added(): Buffer {
    return place.subarray(FRAME_BYTES_MAX, end)
  }

  get isEmpty(): boolean {
    return owner !== this.#response || end === FRAME_BYTES_MAX
  }

  drop(): void {
    empty()
  }

  /** Sends the piece, in which there must be something. False when the caller is slower: then wait for `onceDrained`. */
  send(): boolean {
    const socket = this.#socket()
    if (socket !== null) return sendFramed(socket)
    this.#hasBegun = true
    const piece = Buffer.from(this.added)
    empty()
    return this.#response.write(piece)
  }

  onceDrained(react: () => void): void {
    const from = this.#socket() ?? this.#response
    from.once('drain', react)
  }

  /**
   * Where pieces can go straight to. An answer has no socket while the one to an earlier request on the same connection is under
   * way; a caller of HTTP/1.0 knows no chunks; and what is behind the end of a socket, Node drops.
   */
  #socket(): Socket | null {
    const { socket, chunkedEncoding } = this.#response
    return this.#hasBegun && chunkedEncoding && socket?.writable ? socket : null
  }
}

function sendFramed(socket: Socket): boolean {
  const framed = frame()
  if (socket.writableLength > 0) {
    const copy = Buffer.from(framed)
    empty()
    return socket.write(copy)
  }
  const goesOn = socket.write(framed)
  // Where the system has not taken all of it, the place belongs to what is still to be written.
  if (socket.writableLength > 0) place = Buffer.allocUnsafeSlow(PLACE_BYTES)
  empty()
  return goesOn
}

/** Empties the place, and lets go of one that has grown. */
function empty(): void {
  end = FRAME_BYTES_MAX
  if (place.length > PLACE_BYTES) place = Buffer.allocUnsafeSlow(PLACE_BYTES)
}

/** The piece between its size and a line break. */
function frame(): Buffer {
  let start = FRAME_BYTES_MAX
  place[--start] = LINE_FEED
  place[--start] = CARRIAGE_RETURN
  for (let size = end - FRAME_BYTES_MAX; size > 0; size >>>= 4) place[--start] = hexDigit(size & 0xf)
  place[end] = CARRIAGE_RETURN
  place[end + 1] = LINE_FEED
  return place.subarray(start, end + LINE_BREAK_BYTES)
}

function hexDigit(value: number): number {
  return value < 10 ? value + 0x30 : value + 0x57
}
