import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const LINE_BREAK = 0x0d0a

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

  /** Sends a copy of these bytes, of which there must be some, as one piece. False when the caller is slower: then wait for `onceDrained`. */
  write(parts: readonly Buffer[]): boolean {
    const socket = this.#socket()
    if (socket !== null) return socket.write(chunk(parts))
    this.#hasBegun = true
    return this.#response.write(Buffer.concat(parts))
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

function chunk(parts: readonly Buffer[]): Buffer {
  let length = 0
  for (const part of parts) length += part.length
  const size = length.toString(16)
  const bytes = Buffer.allocUnsafe(size.length + length + 4)
  let at = 0
  while (at < size.length) at = bytes.writeUInt8(size.charCodeAt(at), at)
  at = bytes.writeUInt16BE(LINE_BREAK, at)
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  bytes.writeUInt16BE(LINE_BREAK, at)
  return bytes
}
