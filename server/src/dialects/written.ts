/** A few hundred tokens: until so much has come, what comes is kept as bytes. */
const STORE_BYTES = 512

/**
 * All that a model wrote, piece by piece. A string that grows by a token keeps an object for each, for as long as the answer
 * takes; bytes do not, and most answers are never counted by what was written.
 */
export class Written {
  /** Counted piece by piece: half of a surrogate pair is as long as what stands for it. */
  byteLength = 0
  #text = ''
  #store: Buffer | null = null
  #stored = 0

  add(text: string): void {
    if (text === '') return
    this.byteLength += Buffer.byteLength(text)
    this.#text = this.text() + text
    this.#stored = 0
  }

  /** The same for UTF-8. It is copied. */
  addBytes(bytes: Uint8Array): void {
    this.byteLength += bytes.length
    if (this.#stored + bytes.length > STORE_BYTES) {
      this.#text = this.text()
      this.#stored = 0
    }
    if (bytes.length > STORE_BYTES) {
      this.#text += Buffer.from(bytes).toString()
      return
    }
    this.#store ??= Buffer.allocUnsafeSlow(STORE_BYTES)
    this.#store.set(bytes, this.#stored)
    this.#stored += bytes.length
  }

  text(): string {
    if (this.#store === null || this.#stored === 0) return this.#text
    return this.#text + this.#store.toString('utf8', 0, this.#stored)
  }
}
