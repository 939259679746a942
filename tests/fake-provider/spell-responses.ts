import { contentPieces, distorted, halves, thoughtPieces, toolCalls, wholeTokens, type ToolCall } from './answer.ts'
import { faultOf } from './errors.ts'
import type { Script } from './script.ts'
import { openaiError } from './spell-chat.ts'
import { EventList, type Asked, type Spelling, type StreamEvent } from './spelling.ts'

/** POST /responses. */
export const responsesSpelling: Spelling = {
  idPrefix: 'resp_',
  streamEvents: (script, asked) => new ResponseStream(script, asked).write(),
  wholeAnswer: (script, asked) => JSON.stringify(response(script, asked, true)),
  errorBody: openaiError,
  errorEvent: () => {
    const { code, message } = faultOf(500)
    return { name: 'error', data: JSON.stringify({ type: 'error', sequence_number: 99, code, message, param: null }) }
  },
}

type Item = { readonly id: string; readonly type: string } & Readonly<Record<string, unknown>>

/** Items come one after the other, each begun, grown in pieces, and ended with its whole form. */
class ResponseStream {
  private readonly list = new EventList()
  private readonly script: Script
  private readonly asked: Asked
  private sequence = 0
  private outputIndex = 0

  constructor(script: Script, asked: Asked) {
    this.script = script
    this.asked = asked
  }

  write(): StreamEvent[] {
    const { script, asked } = this
    const begun = response(script, asked, false)
    this.say('response.created', { response: begun })
    this.say('response.in_progress', { response: begun })
    for (const item of items(script)) this.writeItem(item)
    const type = script.stop === 'end' ? 'response.completed' : 'response.incomplete'
    return this.list.end(type, { type, sequence_number: this.sequence, response: response(script, asked, true) })
  }

  private writeItem(item: Item): void {
    this.say('response.output_item.added', { item: begunForm(item) })
    if (item.type === 'reasoning') this.growReasoning(item.id)
    if (item.type === 'message') this.growMessage(item.id)
    if (item.type === 'function_call') this.growCall(item)
    this.say('response.output_item.done', { item })
    this.outputIndex += 1
  }

  private growReasoning(id: string): void {
    const pieces = thoughtPieces(this.script)
    const place = { item_id: id, summary_index: 0 }
    const text = pieces.join('')
    this.say('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } })
    for (const delta of pieces) this.sayPiece('response.reasoning_summary_text.delta', { ...place, delta })
    this.say('response.reasoning_summary_text.done', { ...place, text })
    this.say('response.reasoning_summary_part.done', { ...place, part: { type: 'summary_text', text } })
  }

  private growMessage(id: string): void {
    const pieces = contentPieces(this.script)
    const place = { item_id: id, content_index: 0 }
    const text = pieces.join('')
    this.say('response.content_part.added', { ...place, part: textPart('') })
    for (const delta of pieces) this.sayPiece('response.output_text.delta', { ...place, delta, logprobs: [] })
    this.say('response.output_text.done', { ...place, text, logprobs: [] })
    this.say('response.content_part.done', { ...place, part: textPart(text) })
  }

  private growCall({ id, name, arguments: given }: Item): void {
    const text = String(given)
    for (const delta of halves(text)) this.say('response.function_call_arguments.delta', { item_id: id, delta })
    this.say('response.function_call_arguments.done', { item_id: id, name, arguments: text })
  }

  private say(type: string, members: object): void {
    this.list.add(type, this.event(type, members))
  }

  private sayPiece(type: string, members: object): void {
    this.list.addPiece(type, this.event(type, members))
  }

  private event(type: string, members: object): object {
    const place = 'response' in members ? {} : { output_index: this.outputIndex }
    const event = { type, sequence_number: this.sequence, ...place, ...members }
    this.sequence += 1
    return event
  }
}

function items(script: Script): Item[] {
  const thought = thoughtPieces(script).join('')
  const text = contentPieces(script).join('')
  const reasoning = { id: 'rs_fake', type: 'reasoning', summary: [{ type: 'summary_text', text: thought }] }
  const message = { id: 'msg_fake', type: 'message', status: 'completed', role: 'assistant', content: [textPart(text)] }
  return [
    ...(script.reasoning > 0 ? [reasoning] : []),
    ...(script.chunks > 0 ? [message] : []),
    ...toolCalls(script).map(callItem),
  ]
}

function callItem({ id, name, arguments: given }: ToolCall): Item {
  return { id: `fc_${id}`, type: 'function_call', status: 'completed', call_id: id, name, arguments: given }
}

/** An item before anything of it has been said. */
function begunForm(item: Item): object {
  if (item.type === 'reasoning') return { ...item, summary: [] }
  const empty = item.type === 'message' ? { content: [] } : { arguments: '' }
  return { ...item, status: 'in_progress', ...empty }
}

function textPart(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

const INCOMPLETE = { end: null, length: 'max_output_tokens', filtered: 'content_filter' } as const

function response(script: Script, asked: Asked, isWhole: boolean): object {
  const reason = INCOMPLETE[script.stop]
  return {
    id: asked.id,
    object: 'response',
    created_at: 1_716_000_000,
    status: isWhole ? (reason === null ? 'completed' : 'incomplete') : 'in_progress',
    error: null,
    incomplete_details: isWhole && reason !== null ? { reason } : null,
    instructions: null,
    metadata: {},
    model: asked.model,
    output: isWhole ? items(script) : [],
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: isWhole ? (reportedUsage(script) ?? null) : null,
  }
}

function reportedUsage(script: Script): object | undefined {
  const { input, cached, cacheWrite, output, reasoning } = wholeTokens(script)
  const prompt = input + cached + cacheWrite
  return distorted(script, {
    input_tokens: prompt,
    input_tokens_details: { cached_tokens: cached, ...(cacheWrite > 0 ? { cache_write_tokens: cacheWrite } : {}) },
    output_tokens: output + reasoning,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: prompt + output + reasoning,
  })
}
