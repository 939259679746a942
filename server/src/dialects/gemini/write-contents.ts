import { argumentsObject, isObject } from '../arguments.ts'
import type { DialectFacts } from '../facts.ts'
import { RawJson, type JsonMembers, type JsonOut } from '../json-write.ts'
import { callsOf, needFetchable, textOf } from '../message-parts.ts'
import type { CallPart, MediaPart, NeutralMessage, NeutralPart, ResultPart } from '../neutral.ts'
import type { Signature } from '../signature.ts'

/** A conversation as contents for a provider of this dialect: user and model take turns, and the user begins. */

const OPENING: JsonMembers = { role: 'user', parts: [{ text: '…' }] }

export function writeContents(turns: readonly NeutralMessage[], facts: DialectFacts): JsonMembers[] {
  const calls = callsById(turns)
  const written = turns
    .map(({ role, parts }) => ({
      role: role === 'assistant' ? 'model' : 'user',
      parts: role === 'assistant' ? writeSaid(parts, facts) : writeAsked(parts, calls, facts),
    }))
    .filter(({ parts }) => parts.length > 0)
  return written[0]?.role === 'user' ? written : [OPENING, ...written]
}

/** What was called, and when: results are given by name, in the order of their calls. */
type Calls = ReadonlyMap<string, { readonly name: string; readonly place: number }>

function callsById(turns: readonly NeutralMessage[]): Calls {
  const calls = turns.flatMap(({ parts }) => callsOf(parts))
  return new Map(calls.map(({ id, name }, place) => [id, { name, place }]))
}

/** A signature is that of the call it came with; callers who have no place for it there send it before the call. */
function writeSaid(parts: readonly NeutralPart[], facts: DialectFacts): JsonMembers[] {
  const written: JsonMembers[] = []
  let before: Signature | null = null
  for (const part of parts) {
    if (part.kind === 'reasoning') before = part.signature
    else if (part.kind === 'call') {
      written.push(writeCall(part, part.signature ?? before))
      before = null
    } else written.push(...writePart(part, facts))
  }
  return written
}

function writeCall({ name, arguments: given }: CallPart, signature: Signature | null): JsonMembers {
  return {
    functionCall: { name, args: argumentsObject(given) },
    thoughtSignature: signature?.origin === 'gemini' ? signature.value : undefined,
  }
}

/** Results first, in the order of their calls, because nothing but their order says which call each is of. */
function writeAsked(parts: readonly NeutralPart[], calls: Calls, facts: DialectFacts): JsonMembers[] {
  const place = ({ callId }: ResultPart): number => calls.get(callId)?.place ?? 0
  const results = parts.filter((part) => part.kind === 'result').toSorted((one, other) => place(one) - place(other))
  const shown = results.flatMap((result) => result.parts.filter(({ kind }) => kind !== 'text'))
  const said = parts.filter((part) => part.kind !== 'result')
  return [
    ...results.map((result) => writeResult(result, calls.get(result.callId)?.name ?? result.callId)),
    ...[...shown, ...said].flatMap((part) => writePart(part, facts)),
  ]
}

function writeResult(result: ResultPart, name: string): JsonMembers {
  const text = textOf(result.parts, '\n')
  return { functionResponse: { name, response: writeResponse(text, result.isError) } }
}

/** A response is an object. */
function writeResponse(text: string, isError: boolean): JsonOut {
  if (isError) return { error: text }
  return isObject(text) ? new RawJson(text) : { result: text }
}

export function writePart(part: NeutralPart, facts: DialectFacts): JsonMembers[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }]
    case 'image':
    case 'document':
    case 'audio':
      return [writeMedia(part, facts)]
    case 'reasoning':
    case 'call':
    case 'result':
      return []
  }
}

/** What lies at an address is not fetched, unless the provider is known to. */
function writeMedia(part: MediaPart, { fetchesUrls = false, ...facts }: DialectFacts): JsonMembers {
  needFetchable(part, { ...facts, fetchesUrls })
  const { source } = part
  if (source.kind === 'url') return { fileData: { fileUri: source.url } }
  return { inlineData: { mimeType: source.mediaType, data: source.base64 } }
}
