import { writtenText } from './collect-answer.ts'
import type { Passed, PayloadEvent, StreamPass, StreamReader } from './dialect.ts'

/** Passes every event on as it is, and knows what was in it from the dialect's own reader. */
export class ReaderPass implements StreamPass {
  private readonly reader: StreamReader

  constructor(reader: StreamReader) {
    this.reader = reader
  }

  pass({ raw, data }: PayloadEvent): Passed {
    const events = this.reader.read(data)
    return { bytes: raw, events, written: events.map(writtenText).join('') }
  }
}
