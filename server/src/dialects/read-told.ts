import { PROVIDER_DIALECTS } from './all.ts'
import { collectAnswer } from './collect-answer.ts'
import type { ReadContext } from './dialect.ts'
import type { CallerDialectName } from './dialect-name.ts'
import type { NeutralAnswer } from './neutral.ts'
import { SseSplitter } from './sse.ts'

/** What a caller of a dialect was told, read as that caller reads it. Throws provider_bad_answer for what is no answer. */
export function readTold(name: CallerDialectName, told: Buffer, isStream: boolean): NeutralAnswer {
  const dialect = PROVIDER_DIALECTS[name]
  if (!isStream) return dialect.readAnswer(told, AS_A_CALLER)
  const sse = new SseSplitter()
  const reader = dialect.openReader(AS_A_CALLER)
  const events = [...sse.push(told), ...sse.end()]
  return collectAnswer([...events.flatMap(({ data }) => (data === null ? [] : reader.read(data))), ...reader.end()])
}

const AS_A_CALLER: ReadContext = {
  provider: 'paddock',
  requestId: '',
  facts: { usage: { reasoningInOutput: true, streamOption: true } },
  answerTool: null,
}
