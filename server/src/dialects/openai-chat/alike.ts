import { isUtf8 } from 'node:buffer'
import { endOfPlainBytes, QUOTE } from '../json-string.ts'
import type { JsonValue } from '../json-text.ts'
import { choicesOf, messageOf } from './completion.ts'
import { nullUsage, type ChatChunk, type Extent } from './stream.ts'

/** Whoever sends such chunks that no two are alike is soon not looked at any more. */
const VAIN_MAX = 8
const TEXTS = ['content', 'reasoning_content', 'reasoning'] as const

/**
 * The chunks of an answer differ in nothing but a piece of text: whoever has read one knows what is in the next, when the bytes
 * before and behind that text are the same, and the text is one that needs no escapes. Most tokens are seen here, and read nowhere.
 */
export class AlikeChunks {
  /** A chunk that has been read, and where its text lies in it. */
  #known: Buffer | null = null
  #from = 0
  #to = 0
  #nullUsage: Extent | null = null
  /** How many chunks were remembered since one was last known. */
  #vain = 0

  /** Remembers a chunk in which the model wrote this and nothing else, and which told nothing else. */
  remember(data: Buffer, { json }: ChatChunk, written: string): void {
    if (this.#vain > VAIN_MAX || written === '') return
    const text = json.bytes.length === data.length ? textOf(json.root, written) : null
    if (text === null) return
    this.#vain += 1
    // A place of its own: a piece of a larger one would keep all of that until the answer ends.
    this.#known = Buffer.allocUnsafeSlow(data.length)
    this.#known.set(data)
    this.#from = text.start + 1
    this.#to = text.end - 1
    this.#nullUsage = nullUsage(json) ?? null
  }

  /** The bytes of the text of a chunk that is like the one remembered; null for another. */
  textIn(data: Buffer): Buffer | null {
    const known = this.#known
    if (known === null) return null
    const from = this.#from
    const to = data.length - (known.length - this.#to)
    if (to <= from || data[to] !== QUOTE || endOfPlainBytes(data, from, to + 1) !== to) return null
    if (known.compare(data, to, data.length, this.#to) !== 0 || known.compare(data, 0, from, 0, from) !== 0) return null
    const text = data.subarray(from, to)
    if (!isUtf8(text)) return null
    this.#vain = 0
    return text
  }

  /** Where a usage that says nothing stands in such a chunk. */
  nullUsageIn(data: Buffer): Extent | null {
    const extent = this.#nullUsage
    if (this.#known === null || extent === null || extent.to <= this.#from) return extent
    const shift = data.length - this.#known.length
    return { from: extent.from + shift, to: extent.to + shift }
  }
}

/** The string that says all that was written, as it stands there; null where there is more than one, or it has escapes. */
function textOf(root: JsonValue, written: string): JsonValue | null {
  const [choice, another] = choicesOf(root)
  const message = another === undefined ? messageOf(choice) : undefined
  for (const name of TEXTS) {
    const text = message?.member(name)
    if (text?.kind === 'string' && text.text() === written && text.raw.length === Buffer.byteLength(written) + 2)
      return text
  }
  return null
}
