/**
 * The grammar of a stream of anthropic-messages, strictly: one message_start, blocks in order that never overlap, deltas
 * that fit their block, one message_delta, then message_stop; or, instead of what is missing, one error as the last event.
 * Throws at the first event that is out of place. What the stream said is put together as its own SDK would.
 */
export type Streamed = {
  readonly model: string
  /** The blocks as a whole answer has them. */
  readonly content: readonly Fields[]
  readonly stop_reason: string | null
  /** What message_start said, overwritten by what message_delta said. */
  readonly usage: Fields
  /** What message_delta said alone. */
  readonly lastUsage: Fields
  /** The error that ended the stream. */
  readonly error: Fields | null
}

export type Fields = Readonly<Record<string, unknown>>

export function checkMessageStream(text: string): Streamed {
  const checker = new Checker()
  for (const event of text.split('\n\n').filter((each) => each !== '')) checker.read(event)
  return checker.end()
}

/** Where the text of a delta stands, and in which block it may come. */
const DELTAS: Readonly<Record<string, { block: string; field: string }>> = {
  text_delta: { block: 'text', field: 'text' },
  thinking_delta: { block: 'thinking', field: 'thinking' },
  signature_delta: { block: 'thinking', field: 'signature' },
  input_json_delta: { block: 'tool_use', field: 'partial_json' },
}

/** What a block has to say when it begins. */
const HEADS: Readonly<Record<string, Fields>> = {
  text: { text: '' },
  thinking: { thinking: '', signature: '' },
  tool_use: { input: {} },
  redacted_thinking: {},
}

/** `input` is that of a call whose arguments are whole. */
type Block = { readonly type: string; readonly head: Fields; text: string; signature: string | null; input: unknown }

type Phase = 'before' | 'between' | 'inside' | 'stopping' | 'over'

class Checker {
  private phase: Phase = 'before'
  private message: Fields = {}
  private lastUsage: Fields = {}
  private stopReason: string | null = null
  private error: Fields | null = null
  private readonly blocks: Block[] = []

  read(framed: string): void {
    if (framed.startsWith(':')) return
    const [, name = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(framed) ?? []
    need(name !== '', `not an event with a name and one line of data: ${framed}`)
    const event = JSON.parse(data) as Fields
    need(event['type'] === name, `an event named ${name} whose type is ${String(event['type'])}`)
    need(this.phase !== 'over', `${name} behind the end`)
    this.step(name, event)
  }

  end(): Streamed {
    need(this.phase === 'over', `the stream ended while ${this.phase}`)
    const { message, lastUsage, error } = this
    return {
      model: String(message['model']),
      content: this.blocks.map(wholeBlock),
      stop_reason: this.stopReason,
      usage: { ...(message['usage'] as Fields | undefined), ...lastUsage },
      lastUsage,
      error,
    }
  }

  private step(name: string, event: Fields): void {
    switch (name) {
      case 'ping':
        return this.in(['between', 'inside', 'stopping'], name)
      case 'message_start':
        return this.begin(event)
      case 'content_block_start':
        return this.beginBlock(event)
      case 'content_block_delta':
        return this.grow(event)
      case 'content_block_stop':
        return this.stopBlock(event)
      case 'message_delta':
        return this.stop(event)
      case 'message_stop':
        this.in(['stopping'], name)
        this.phase = 'over'
        return
      case 'error':
        return this.fail(event)
      default:
        throw new Error(`no such event: ${name}`)
    }
  }

  private begin(event: Fields): void {
    this.in(['before'], 'message_start')
    const message = fields(event['message'])
    const { type, role, content, stop_reason: stopReason } = message
    need(
      type === 'message' && role === 'assistant' && stopReason === null,
      `a wrong message: ${JSON.stringify(message)}`,
    )
    need(Array.isArray(content) && content.length === 0, 'a message that begins with content')
    need(/^msg_\w/.test(String(message['id'])), `the id ${String(message['id'])}`)
    needCounts(fields(message['usage']), ['input_tokens', 'output_tokens'])
    this.message = message
    this.phase = 'between'
  }

  private beginBlock(event: Fields): void {
    this.in(['between'], 'content_block_start')
    need(event['index'] === this.blocks.length, `block ${String(event['index'])} instead of ${this.blocks.length}`)
    const head = fields(event['content_block'])
    const type = String(head['type'])
    const expected = HEADS[type]
    need(expected !== undefined, `a block of type ${type}`)
    for (const [name, value] of Object.entries(expected ?? {}))
      need(JSON.stringify(head[name]) === JSON.stringify(value), `a ${type} that begins with ${name}`)
    if (type === 'tool_use') need(head['id'] !== '' && head['name'] !== '', 'a tool_use without id or name')
    this.blocks.push({ type, head, text: '', signature: null, input: head['input'] })
    this.phase = 'inside'
  }

  private grow(event: Fields): void {
    const block = this.openBlock(event, 'content_block_delta')
    const delta = fields(event['delta'])
    const type = String(delta['type'])
    const fit = DELTAS[type]
    need(fit?.block === block.type, `${type} in a ${block.type}`)
    const text = delta[fit?.field ?? '']
    need(typeof text === 'string', `${type} without a text`)
    need(block.signature === null, `${type} behind the signature`)
    if (type === 'signature_delta') block.signature = String(text)
    else block.text += String(text)
  }

  private stopBlock(event: Fields): void {
    const block = this.openBlock(event, 'content_block_stop')
    if (block.type === 'tool_use' && block.text !== '') block.input = fields(JSON.parse(block.text))
    this.phase = 'between'
  }

  private stop(event: Fields): void {
    this.in(['between'], 'message_delta')
    const { stop_reason: reason, stop_sequence: sequence } = fields(event['delta'])
    need(typeof reason === 'string' && sequence !== undefined, 'message_delta without stop_reason and stop_sequence')
    this.stopReason = String(reason)
    this.lastUsage = fields(event['usage'])
    needCounts(this.lastUsage, ['output_tokens'])
    this.phase = 'stopping'
  }

  private fail(event: Fields): void {
    const error = fields(event['error'])
    need(typeof error['type'] === 'string' && typeof error['message'] === 'string', 'an error without type and message')
    this.error = error
    this.phase = 'over'
  }

  private openBlock(event: Fields, name: string): Block {
    this.in(['inside'], name)
    const block = this.blocks.at(-1)
    need(event['index'] === this.blocks.length - 1, `${name} of block ${String(event['index'])}, which is not open`)
    if (block === undefined) throw new Error(`${name} without a block`)
    return block
  }

  private in(phases: readonly Phase[], name: string): void {
    need(phases.includes(this.phase), `${name} while ${this.phase}`)
  }
}

function wholeBlock({ type, head, text, signature, input }: Block): Fields {
  if (type === 'text') return { ...head, text }
  if (type === 'thinking') return { ...head, thinking: text, signature: signature ?? head['signature'] }
  return type === 'tool_use' ? { ...head, input } : head
}

function needCounts(usage: Fields, names: readonly string[]): void {
  for (const name of names) need(Number.isSafeInteger(usage[name]), `usage without ${name}`)
}

function fields(value: unknown): Fields {
  need(typeof value === 'object' && value !== null && !Array.isArray(value), `no object: ${JSON.stringify(value)}`)
  return value as Fields
}

function need(condition: boolean, what: string): void {
  if (!condition) throw new Error(`The stream breaks the grammar of anthropic-messages: ${what}.`)
}
