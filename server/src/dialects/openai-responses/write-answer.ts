import { argumentsText } from '../arguments.ts'
import type { AnswerMeta } from '../dialect.ts'
import { writeJson, type JsonMembers } from '../json-write.ts'
import type { AnswerPart, NeutralAnswer } from '../neutral.ts'
import { believed } from '../usage-reading.ts'
import {
  callItem,
  itemId,
  messageItem,
  reasoningItem,
  refusalPart,
  responseObject,
  statusMembers,
  textPart,
} from './response.ts'
import { writeUsage } from './usage.ts'

/** Whole answers for callers of this dialect. */
export function writeAnswer(answer: NeutralAnswer, meta: AnswerMeta): Buffer {
  const items = answer.parts.flatMap(signedApart)
  return Buffer.from(
    writeJson(
      responseObject(meta, answer.model, {
        ...statusMembers(answer.stop),
        output: items.map((part, index) => writeItem(part, meta, index)),
        usage: answer.usage === null ? undefined : writeUsage(believed(answer.usage)),
      }),
    ),
  )
}

/** A call has no place for a signature: it goes before it as reasoning. */
function signedApart(part: AnswerPart): AnswerPart[] {
  if (part.kind !== 'call' || part.signature === null) return [part]
  return [{ kind: 'reasoning', text: '', signature: part.signature, isHidden: false }, part]
}

function writeItem(part: AnswerPart, meta: AnswerMeta, index: number): JsonMembers {
  switch (part.kind) {
    case 'text':
      return messageItem(itemId(meta, 'msg', index), 'completed', [textPart(part.text)])
    case 'refusal':
      return messageItem(itemId(meta, 'msg', index), 'completed', [refusalPart(part.text)])
    case 'reasoning':
      return reasoningItem(itemId(meta, 'rs', index), part)
    case 'call':
      return callItem(itemId(meta, 'fc', index), 'completed', { ...part, arguments: argumentsText(part.arguments) })
  }
}
