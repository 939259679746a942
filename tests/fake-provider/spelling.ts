import type { Tokens } from './answer.ts'
import type { Script } from './script.ts'

/** The request as far as it shapes the answer. */
export type Asked = {
  readonly id: string
  readonly model: string
  readonly stream: boolean
  readonly includeUsage: boolean
  /** The one tool that must be called. */
  readonly forcedTool: string | null
}

/** One event of a stream; only some dialects name theirs. */
export type Said = { readonly name: string | null; readonly data: string }

/** `pieces`: how many pieces of reasoning and content are out once it is sent. */
export type StreamEvent = Said & { readonly pieces: number; readonly isEnd: boolean }

/** What a call is charged: tokens, and other units by their names. */
export type Charged = { readonly tokens: Tokens; readonly units: Readonly<Record<string, number>> }

/** How one API writes what a script wants said. */
export type Spelling = {
  readonly idPrefix: string
  /** The events of a stream, without their SSE framing. The end mark is the one that `no_done` leaves out. */
  streamEvents(script: Script, asked: Asked): StreamEvent[]
  wholeAnswer(script: Script, asked: Asked): string
  /** Of a whole answer, where it is not JSON. */
  readonly contentType?: string
  /** An answer that is no text, in pieces. */
  sound?(script: Script): Buffer[]
  /** What the whole answer is charged, where that is not the tokens of the script. */
  whole?(script: Script): Charged
  errorBody(status: number, message?: string): string
  /** An error behind the beginning of a stream. */
  errorEvent(): Said
}

/** A stream that is being written: how many pieces are out is counted as it grows. */
export class EventList {
  readonly events: StreamEvent[] = []
  private pieces = 0

  add(name: string | null, body: object | string, isEnd = false): void {
    const data = typeof body === 'string' ? body : JSON.stringify(body)
    this.events.push({ name, data, pieces: this.pieces, isEnd })
  }

  /** An event that brings one more piece of the answer. */
  addPiece(name: string | null, body: object): void {
    this.pieces += 1
    this.add(name, body)
  }

  end(name: string | null, body: object | string): StreamEvent[] {
    this.add(name, body, true)
    return this.events
  }
}
