import { markSignature, unmarkSignature, type Signature } from '../signature.ts'

/**
 * Signatures as `encrypted_content`. Here it is the same field for reasoning that is shown and for reasoning that is not,
 * which other dialects tell apart: for those it is marked.
 */

const DIALECT = 'openai-responses'
const HIDDEN = 'hidden:'

export function writeEncrypted(signature: Signature, isHidden: boolean): string {
  const isForeign = signature.origin !== DIALECT
  return `${isForeign && isHidden ? HIDDEN : ''}${markSignature(signature, DIALECT)}`
}

export function readEncrypted(content: string, hasText: boolean): { signature: Signature | null; isHidden: boolean } {
  const isMarked = content.startsWith(HIDDEN)
  const marked = isMarked ? content.slice(HIDDEN.length) : content
  if (marked === '') return { signature: null, isHidden: false }
  const signature = unmarkSignature(marked, DIALECT)
  return { signature, isHidden: isMarked || (signature.origin === DIALECT && !hasText) }
}
