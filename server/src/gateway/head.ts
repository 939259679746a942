import type { PaddockError } from '../base/errors.ts'
import { holdsError, readError } from '../dialects/provider-error.ts'
import { readProviderJson } from '../dialects/provider-json.ts'
import type { CallFailure } from '../providers/call-provider.ts'
import type { Provider } from '../providers/provider.ts'
import type { AnswerForm } from './answer-form.ts'
import { isFailure, readWhole, type Head, type OpenCall } from './open-call.ts'
import { badAnswer, failureOfBody, failureOfCall, failureOfStatus } from './provider-failure.ts'

/** An error answer longer than this is not an error message. */
const ERROR_BYTES_MAX = 65_536

/**
 * Why there is no answer, and the status that came with that. `billed`: it broke off, or was given up, while the provider was
 * at work; what the provider itself calls a failure is not billed.
 */
export type Failed = {
  readonly failure: PaddockError
  readonly status: number | null
  readonly timeout: boolean
  readonly billed: boolean
}

/** It was sent, and we stopped waiting. */
const GIVEN_UP: ReadonlySet<CallFailure['kind']> = new Set(['headers_timeout', 'cancelled'])

type Expected = { readonly call: OpenCall; readonly facts: Provider; readonly form: AnswerForm }

/** Whether an answer follows. */
export function isHeadOf(form: AnswerForm, head: Head | CallFailure): head is Head {
  return !isFailure(head) && isGood(head) && form.takes(contentTypeOf(head))
}

export function contentTypeOf({ headers }: Head): string {
  return headers['content-type'] ?? ''
}

function isGood({ status }: Head): boolean {
  return status >= 200 && status < 300
}

/** Why none follows. */
export async function failureBehind(head: Head | CallFailure, { call, facts, form }: Expected): Promise<Failed> {
  if (isFailure(head)) {
    return {
      failure: failureOfCall(facts.id, head),
      status: null,
      timeout: head.kind.endsWith('timeout'),
      billed: GIVEN_UP.has(head.kind),
    }
  }
  const { status } = head
  if (!isGood(head)) {
    const error = readError(status, await readBody(call))
    return { failure: failureOfStatus(facts, head, error), status, timeout: false, billed: false }
  }
  const type = contentTypeOf(head)
  const body = await readBody(call)
  const error = readError(status, body)
  // Who is asked for a stream and has but an error to tell, may tell it in JSON and with a good status.
  if (isError(body)) return { failure: failureOfBody(facts, error), status, timeout: false, billed: false }
  const came = type === '' ? 'no content type' : type
  const failure = badAnswer(facts.id, `${form.name} was expected, ${came} came. It reads: ${error.message}`)
  return { failure, status, timeout: false, billed: false }
}

/** The body of an answer that is none; nothing where it is too long, or breaks off. */
async function readBody(call: OpenCall): Promise<Buffer> {
  const body = await readWhole(call, ERROR_BYTES_MAX)
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

function isError(body: Buffer): boolean {
  try {
    return holdsError(readProviderJson(body).root)
  } catch {
    return false
  }
}
