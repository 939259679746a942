import { argumentsObject } from '../arguments.ts'
import type { AnswerMeta } from '../dialect.ts'
import { writeJson, type JsonMembers } from '../json-write.ts'
import type { AnswerPart, NeutralAnswer, StopReason } from '../neutral.ts'
import { markSignature, type Signature } from '../signature.ts'
import { believed } from '../usage-reading.ts'
import { writeUsage } from './usage.ts'

/** Whole answers for callers of this dialect, and what streams have in common with them. */

export function writeAnswer(answer: NeutralAnswer, meta: AnswerMeta): Buffer {
  return Buffer.from(
    writeJson({
      ...messageHead(meta, answer.model),
      content: answer.parts.flatMap(writeParts),
      ...stopMembers(answer.stop, answer.stopSequence),
      usage: writeUsage(believed(answer.usage)),
    }),
  )
}

export function messageHead({ requestId, model }: AnswerMeta, answered: string | null): JsonMembers {
  return { id: `msg_${requestId.replaceAll('-', '')}`, type: 'message', role: 'assistant', model: answered ?? model }
}

const STOPS: Readonly<Record<StopReason, string>> = {
  end: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  calls: 'tool_use',
  filtered: 'refusal',
}

export function stopMembers(stop: StopReason, stopSequence: string | null): JsonMembers {
  return { stop_reason: STOPS[stop], stop_sequence: stopSequence }
}

function writeParts(part: AnswerPart): JsonMembers[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return [{ type: 'text', text: part.text }]
    case 'reasoning':
      return [part.isHidden ? hiddenBlock(part.signature) : thinkingBlock(part.text, part.signature)]
    case 'call':
      return [
        ...(part.signature === null ? [] : [thinkingBlock('', part.signature)]),
        { ...callBlock(part), input: argumentsObject(part.arguments) },
      ]
  }
}

/** Foreign signatures travel here, too: callers of this dialect send thinking back as they got it. */
export function thinkingBlock(text: string, signature: Signature | null): JsonMembers {
  return { type: 'thinking', thinking: text, signature: marked(signature) }
}

export function hiddenBlock(signature: Signature | null): JsonMembers {
  return { type: 'redacted_thinking', data: marked(signature) }
}

export function callBlock({ id, name }: { readonly id: string; readonly name: string }): JsonMembers {
  return { type: 'tool_use', id, name, input: {} }
}

export function marked(signature: Signature | null): string {
  return signature === null ? '' : markSignature(signature, 'anthropic-messages')
}
