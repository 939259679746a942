import type { AnswerPart, CallPart, NeutralAnswer, NeutralEvent, ReasoningPart, StopReason } from './neutral.ts'

/** Makes a whole answer out of events: a whole answer is a stream that came at once. */
export function collectAnswer(events: Iterable<NeutralEvent>): NeutralAnswer {
  const collected = new Collected()
  for (const event of events) collected.add(event)
  return collected.answer()
}

/** Why an answer ended, whatever its provider calls it: one that calls tools waits for their results. */
export function stopReason(said: StopReason, hasCalls: boolean): StopReason {
  return said === 'end' && hasCalls ? 'calls' : said
}

/** What of an event the model wrote itself, for counting. */
export function writtenText(event: NeutralEvent): string {
  if (event.kind === 'call') return event.name
  return 'text' in event ? event.text : ''
}

type Writable<Part> = { -readonly [Name in keyof Part]: Part[Name] }

class Collected {
  private readonly parts: Writable<AnswerPart>[] = []
  private readonly calls = new Map<number, Writable<CallPart>>()
  private head: { id: string | null; model: string | null } = { id: null, model: null }
  private stop: { reason: StopReason; stopSequence: string | null } = { reason: 'end', stopSequence: null }
  private usage: NeutralAnswer['usage'] = null
  private error: NeutralAnswer['error'] = null
  private written = ''

  add(event: NeutralEvent): void {
    this.written += writtenText(event)
    switch (event.kind) {
      case 'start':
        this.head = { id: event.id, model: event.model }
        break
      case 'text':
      case 'refusal':
        this.addText(event.kind, event.text)
        break
      case 'reasoning':
        this.openReasoning().text += event.text
        break
      case 'signature':
        this.sign(event)
        break
      case 'call':
        this.openCall(event)
        break
      case 'arguments':
        this.addArguments(event.index, event.text)
        break
      case 'stop':
        this.stop = event
        break
      case 'usage':
        this.usage = event.reading
        break
      case 'error':
        this.error = event.error
        break
      case 'end':
        break
    }
  }

  answer(): NeutralAnswer {
    return {
      id: this.head.id,
      model: this.head.model,
      parts: this.parts,
      stop: stopReason(this.stop.reason, this.calls.size > 0),
      stopSequence: this.stop.stopSequence,
      usage: this.usage,
      written: this.written,
      error: this.error,
    }
  }

  private addText(kind: 'text' | 'refusal', text: string): void {
    const last = this.parts.at(-1)
    if (last?.kind === kind) last.text += text
    else this.parts.push({ kind, text })
  }

  /** A signature ends the reasoning it belongs to. */
  private openReasoning(): Writable<ReasoningPart> {
    const last = this.parts.at(-1)
    if (last?.kind === 'reasoning' && last.signature === null) return last
    const opened: Writable<ReasoningPart> = { kind: 'reasoning', text: '', signature: null, isHidden: false }
    this.parts.push(opened)
    return opened
  }

  private sign({ signature, isHidden }: Extract<NeutralEvent, { kind: 'signature' }>): void {
    if (isHidden) this.parts.push({ kind: 'reasoning', text: '', signature, isHidden })
    else this.openReasoning().signature = signature
  }

  private openCall({ index, id, name, signature }: Extract<NeutralEvent, { kind: 'call' }>): void {
    const call: Writable<CallPart> = { kind: 'call', id, name, arguments: '', signature }
    this.calls.set(index, call)
    this.parts.push(call)
  }

  private addArguments(index: number, text: string): void {
    const call = this.calls.get(index)
    if (call) call.arguments += text
  }
}
