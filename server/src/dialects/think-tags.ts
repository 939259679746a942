/** Tells reasoning from text where a provider writes both into one field: <think>so far</think>and then the answer. */

export type Thought = { readonly kind: 'text' | 'reasoning'; readonly text: string }

const OPENING = '<think>'
const CLOSING = '</think>'

/** Only tags around the very beginning count: later on, a model may well write about tags. */
export class ThinkTags {
  private state: 'before' | 'inside' | 'behind' = 'before'
  /** What may be the beginning of a tag. */
  private waiting = ''

  /** The next piece of the field, taken apart. */
  split(piece: string): Thought[] {
    const thoughts: Thought[] = []
    let rest = this.waiting + piece
    this.waiting = ''
    if (this.state === 'before') rest = this.lookForOpening(rest)
    if (this.state === 'inside') rest = this.readThought(rest, thoughts)
    if (this.state === 'behind' && rest !== '') thoughts.push({ kind: 'text', text: rest })
    return thoughts
  }

  /** What was kept because it might have been half a tag. */
  end(): Thought[] {
    const text = this.waiting
    this.waiting = ''
    if (text === '') return []
    return [{ kind: this.state === 'inside' ? 'reasoning' : 'text', text }]
  }

  private lookForOpening(text: string): string {
    const opening = text.trimStart()
    if (opening.startsWith(OPENING)) {
      this.state = 'inside'
      return opening.slice(OPENING.length)
    }
    if (OPENING.startsWith(opening)) {
      this.waiting = text
      return ''
    }
    this.state = 'behind'
    return text
  }

  private readThought(text: string, thoughts: Thought[]): string {
    const end = text.indexOf(CLOSING)
    const kept = end === -1 ? halfTagLength(text) : 0
    const thought = end === -1 ? text.slice(0, text.length - kept) : text.slice(0, end)
    if (thought !== '') thoughts.push({ kind: 'reasoning', text: thought })
    if (end === -1) {
      this.waiting = text.slice(text.length - kept)
      return ''
    }
    this.state = 'behind'
    return text.slice(end + CLOSING.length)
  }
}

/** How much of the end of a text may be the beginning of the closing tag. */
function halfTagLength(text: string): number {
  for (let length = Math.min(CLOSING.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(CLOSING.slice(0, length))) return length
  return 0
}
