import type { DialectFacts } from './facts.ts'
import type { AnswerFormat, TextPart } from './neutral.ts'

/** The form of an answer where a provider cannot be told of it in a field: then the model is told in words. */

/** The nearest form that can be asked for in a field. */
export function formatField(format: AnswerFormat, { formats = 'schema' }: DialectFacts): AnswerFormat {
  if (formats === 'text') return { kind: 'text' }
  return format.kind === 'schema' && formats === 'json' ? { kind: 'json' } : format
}

const RULE = 'Answer with one JSON value and nothing else: no words around it, and no code fences.'

/** What the model must be told of what `said` leaves out. */
export function formatInstructions(wanted: AnswerFormat, said: AnswerFormat): TextPart[] {
  if (wanted.kind === said.kind) return []
  const text = wanted.kind === 'schema' ? `${RULE} It must fit this JSON schema: ${wanted.schema.json}` : RULE
  return [{ kind: 'text', text }]
}
