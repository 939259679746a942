/**
 * A client of anthropic-messages that forgives nothing: every event must be named as it says, come when it may come, and
 * every block be opened once, filled with deltas of its own kind, and closed before the next. Gives the message.
 */

type Json = Record<string, unknown>
export type CheckedMessage = {
  readonly content: readonly Json[]
  readonly stop_reason: string
  readonly usage: Readonly<Record<string, number>>
}

const DELTAS: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  tool_use: ['input_json_delta'],
  redacted_thinking: [],
}

export function checkMessageStream(stream: string): CheckedMessage {
  const checker = new Checker()
  for (const text of stream.split('\n\n').slice(0, -1)) {
    const match = /^event: (\S+)\ndata: (.*)$/s.exec(text)
    if (match === null) throw new Error(`no event: ${text}`)
    checker.take(match[1] ?? '', JSON.parse(match[2] ?? '') as Json)
  }
  return checker.end()
}

class Checker {
  private state: 'before' | 'between' | 'inside' | 'ending' | 'behind' = 'before'
  private readonly content: Json[] = []
  private partial = ''
  private isSigned = false
  private stop = ''
  private usage: Record<string, number> = {}

  take(name: string, event: Json): void {
    if (event['type'] !== name) throw new Error(`event ${name} says it is ${String(event['type'])}`)
    if (name === 'message_start') this.start(event['message'] as Json)
    else if (name === 'content_block_start') this.open(event)
    else if (name === 'content_block_delta') this.grow(event)
    else if (name === 'content_block_stop') this.close(event)
    else if (name === 'message_delta') this.finish(event)
    else if (name === 'message_stop') this.go('ending', 'behind')
    else if (name !== 'ping') throw new Error(`unknown event ${name}`)
  }

  end(): CheckedMessage {
    if (this.state !== 'behind') throw new Error(`the stream ended ${this.state} a block`)
    return { content: this.content, stop_reason: this.stop, usage: this.usage }
  }

  private start(message: Json): void {
    this.go('before', 'between')
    const { id, role, content, usage } = message as { id: string; role: string; content: unknown[]; usage: never }
    if (!id.startsWith('msg_') || role !== 'assistant' || content.length > 0) throw new Error('a bad message_start')
    this.usage = usage
  }

  private open(event: Json): void {
    this.go('between', 'inside')
    const block = event['content_block'] as Json
    if (event['index'] !== this.content.length) throw new Error(`block ${String(event['index'])} opens out of turn`)
    if (!(String(block['type']) in DELTAS)) throw new Error(`unknown block ${String(block['type'])}`)
    this.content.push({ ...block })
    this.partial = ''
    this.isSigned = false
  }

  private grow(event: Json): void {
    this.go('inside', 'inside')
    const block = this.last(event)
    const delta = event['delta'] as Record<string, string>
    const type = delta['type'] ?? ''
    if (DELTAS[String(block['type'])]?.includes(type) !== true)
      throw new Error(`${type} in a block of ${String(block['type'])}`)
    if (this.isSigned) throw new Error('a delta behind the signature')
    if (type === 'text_delta') block['text'] = String(block['text']) + (delta['text'] ?? '')
    if (type === 'thinking_delta') block['thinking'] = String(block['thinking']) + (delta['thinking'] ?? '')
    if (type === 'input_json_delta') this.partial += delta['partial_json'] ?? ''
    if (type !== 'signature_delta') return
    block['signature'] = delta['signature']
    this.isSigned = true
  }

  private close(event: Json): void {
    const block = this.last(event)
    this.go('inside', 'between')
    if (block['type'] === 'tool_use')
      block['input'] = this.partial === '' ? block['input'] : (JSON.parse(this.partial) as Json)
  }

  private finish(event: Json): void {
    this.go('between', 'ending')
    this.stop = String((event['delta'] as Json)['stop_reason'])
    this.usage = { ...this.usage, ...(event['usage'] as Record<string, number>) }
  }

  private last(event: Json): Json {
    const block = this.content.at(-1)
    if (block === undefined || event['index'] !== this.content.length - 1) throw new Error('an event of a closed block')
    return block
  }

  private go(from: Checker['state'], to: Checker['state']): void {
    if (this.state !== from) throw new Error(`expected to be ${from} a block, and was ${this.state}`)
    this.state = to
  }
}
