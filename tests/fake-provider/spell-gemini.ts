import { contentPieces, distorted, thoughtPieces, toolCalls, wholeTokens } from './answer.ts'
import { faultOf, type FaultKind } from './errors.ts'
import type { Script } from './script.ts'
import { EventList, type Asked, type Spelling, type StreamEvent } from './spelling.ts'

/** POST /models/{model}:generateContent and :streamGenerateContent?alt=sse. Each event looks like a whole answer. */
export const geminiSpelling: Spelling = {
  idPrefix: 'gemini-',
  streamEvents,
  wholeAnswer,
  errorBody,
  errorEvent: () => ({ name: null, data: errorBody(500) }),
}

function streamEvents(script: Script, asked: Asked): StreamEvent[] {
  const list = new EventList()
  for (const part of thoughtPieces(script).map(thoughtPart)) list.addPiece(null, answer(asked, { parts: [part] }))
  for (const text of contentPieces(script)) list.addPiece(null, answer(asked, { parts: [{ text }] }))
  for (const part of callParts(script)) list.add(null, answer(asked, { parts: [part] }))
  const last = answer(asked, { parts: [{ text: '' }], finishReason: STOPS[script.stop] })
  return list.end(null, { ...last, usageMetadata: reportedUsage(script) })
}

function wholeAnswer(script: Script, asked: Asked): string {
  const thought = thoughtPieces(script).join('')
  const text = contentPieces(script).join('')
  const parts = [
    ...(thought === '' ? [] : [thoughtPart(thought)]),
    ...(text === '' ? [] : [{ text }]),
    ...callParts(script),
  ]
  const said = answer(asked, { parts, finishReason: STOPS[script.stop] })
  return JSON.stringify({ ...said, usageMetadata: reportedUsage(script) })
}

const STOPS = { end: 'STOP', length: 'MAX_TOKENS', filtered: 'SAFETY' } as const

function answer({ id, model }: Asked, { parts, finishReason }: { parts: object[]; finishReason?: string }): object {
  return {
    candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }],
    modelVersion: model,
    responseId: id,
  }
}

function thoughtPart(text: string): object {
  return { text, thought: true }
}

/** Calls come whole, without an id; the first is signed. */
function callParts(script: Script): object[] {
  return toolCalls(script).map(({ index, name, arguments: given }) => ({
    functionCall: { name, args: JSON.parse(given) as unknown },
    ...(index === 0 ? { thoughtSignature: 'c2lnbmF0dXJl' } : {}),
  }))
}

/** Thoughts stand beside the candidates here, cached tokens inside of the prompt, and a counter of nothing is left out. */
function reportedUsage(script: Script): object | undefined {
  const { input, cached, cacheWrite, output, reasoning } = wholeTokens(script)
  if (cacheWrite > 0) throw new Error('gemini has no counter of cache-writing tokens')
  const prompt = input + cached
  return distorted(script, {
    promptTokenCount: prompt,
    ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
    ...(output > 0 ? { candidatesTokenCount: output } : {}),
    ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
    totalTokenCount: prompt + output + reasoning,
  })
}

const STATUSES: Readonly<Record<FaultKind, string>> = {
  invalid: 'INVALID_ARGUMENT',
  auth: 'UNAUTHENTICATED',
  money: 'FAILED_PRECONDITION',
  not_found: 'NOT_FOUND',
  rate: 'RESOURCE_EXHAUSTED',
  overloaded: 'UNAVAILABLE',
  server: 'INTERNAL',
}

function errorBody(status: number, words?: string): string {
  const { kind, message } = faultOf(status, words)
  return JSON.stringify({ error: { code: status, message, status: STATUSES[kind] } })
}
