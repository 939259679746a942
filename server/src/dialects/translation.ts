import type { Usage } from '@paddock/contract/usage'
import { PaddockError } from '../base/errors.ts'
import type { AnswerMeta, CallerDialect, ProviderDialect, ReadContext, Target, WrittenRequest } from './dialect.ts'
import type { NeutralAnswer } from './neutral.ts'
import type { ReasoningMemory } from './reasoning-memory.ts'
import { PassingRelay, TranslatingRelay, type Seen, type StreamRelay } from './relay.ts'
import { believedOr } from './usage-reading.ts'
import { ReasoningKeeper, rememberAnswer, withRemembered } from './remember-reasoning.ts'

/** Between one caller and one provider: what is sent there, and how what comes back is told here. */
export type Translation = {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Names of fields the provider is not told of, or told otherwise. */
  readonly ignored: readonly string[]
  openStream(): StreamRelay
  /** Throws provider_bad_answer for what is no answer. */
  readAnswer(bytes: Buffer): WholeAnswer
}

export type WholeAnswer = {
  /** The caller's answer, sent once its entry is safe; counted usage is told as in a stream. Only for answers, not errors. */
  held(counted?: Usage): Buffer
  readonly seen: Seen
}

/** One attempt: who asks, who is asked, and about what. */
export type Between = {
  readonly caller: CallerDialect
  readonly provider: ProviderDialect
  readonly target: Target
  readonly apiKey: string | null
  /** What the caller asks for in the header `anthropic-beta`. */
  readonly betas: string | null
  readonly meta: AnswerMeta
  readonly memory: ReasoningMemory | null
  /** Whether the answer may have to end before its provider ends it. */
  readonly mayCut: boolean
}

/** Throws a PaddockError for what cannot be said in the provider's dialect. */
export function translate(between: Between): Translation {
  const { provider, target, apiKey, betas, meta } = between
  const isStream = meta.json.root.member('stream')?.isTrue() === true
  const isSame = between.caller.name === provider.name && target.facts.irregular !== true
  const written = isSame ? writeSame(between) : writeOther(between)
  const context: ReadContext = {
    provider: target.provider,
    requestId: meta.requestId,
    facts: target.facts,
    answerTool: written.answerTool,
  }
  const headers = provider.headers(apiKey, target.facts, betas)
  return {
    path: provider.path(target.model, isStream),
    headers,
    body: written.body,
    ignored: betas === null || BETAS in headers ? written.ignored : [...written.ignored, BETAS],
    openStream: () => (isSame ? openPassing(between, context) : openTranslating(between, context)),
    readAnswer: (bytes) => readWhole(between, context, { bytes, isSame }),
  }
}

const BETAS = 'anthropic-beta'

function writeSame({ caller, target, meta, memory }: Between): WrittenRequest {
  const { body, ignored } = caller.editForProvider(meta.json, target, memory)
  return { body, ignored, answerTool: null }
}

function writeOther({ caller, provider, target, meta, memory }: Between): WrittenRequest {
  const request = caller.toNeutral(meta.json)
  if (request.n > 1) {
    throw new PaddockError('n_too_large', {
      message: `n is ${request.n}, and the provider of this model writes one answer to a request. Send several requests.`,
      param: '/n',
    })
  }
  const complete = memory === null ? request : withRemembered(request, memory)
  return provider.writeRequest(complete, target)
}

/** Where to put what a provider of the caller's own dialect wants back, and callers of it may not know of. */
function memoryFor({ memory, target }: Between): ReasoningMemory | null {
  const { reasoningBack, signatureKey } = target.facts
  return reasoningBack === undefined && signatureKey === undefined ? null : memory
}

function openPassing(between: Between, context: ReadContext): StreamRelay {
  const { caller, meta } = between
  const memory = memoryFor(between)
  return new PassingRelay({
    pass: caller.openPass(meta, { ...context, wantsAll: memory !== null || between.mayCut }),
    writeErrorEvent: (error) => caller.writeErrorEvent(error, meta.requestId),
    writer: between.mayCut ? caller.openWriter(meta) : null,
    keeper: memory === null ? null : new ReasoningKeeper(memory),
  })
}

function openTranslating({ caller, provider, memory, meta }: Between, context: ReadContext): StreamRelay {
  return new TranslatingRelay({
    reader: provider.openReader(context),
    writer: caller.openWriter(meta),
    keeper: memory === null ? null : new ReasoningKeeper(memory),
  })
}

function readWhole(
  between: Between,
  context: ReadContext,
  { bytes, isSame }: { bytes: Buffer; isSame: boolean },
): WholeAnswer {
  const { caller, provider, meta } = between
  const pass = (): Buffer => caller.passAnswer?.(bytes, meta) ?? bytes
  const memory = isSame ? memoryFor(between) : between.memory
  if (isSame && memory === null && provider.seeAnswer) return { held: pass, seen: provider.seeAnswer(bytes, context) }
  const answer = provider.readAnswer(bytes, context)
  if (memory !== null) rememberAnswer(memory, answer.parts)
  const writeAnew = (counted?: Usage): Buffer =>
    caller.writeAnswer({ ...answer, usage: believedOr(answer.usage, counted) }, meta)
  return { held: isSame ? pass : writeAnew, seen: seenIn(answer) }
}

function seenIn({ id, model, usage, written, error }: NeutralAnswer): Seen {
  const writtenBytes = Buffer.byteLength(written)
  return { id, model, usage, written, writtenBytes, error, events: 1, hasEnded: error === null }
}
