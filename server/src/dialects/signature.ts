import { DIALECT_NAMES, type DialectName } from './dialect-name.ts'

/**
 * What a provider gives along with its reasoning, and wants back unchanged. It is of use only to providers of the dialect
 * it comes from; in the hands of a caller of another dialect it is marked with that dialect, so that it finds home.
 */
export type Signature = { readonly origin: DialectName; readonly value: string }

/** How a signature is spelled for a caller of a dialect. */
export function markSignature({ origin, value }: Signature, dialect: DialectName): string {
  return origin === dialect ? value : `${origin}:${value}`
}

/** The signature that a caller of a dialect sends back. */
export function unmarkSignature(marked: string, dialect: DialectName): Signature {
  const origin = DIALECT_NAMES.find((name) => marked.startsWith(`${name}:`))
  return origin === undefined ? { origin: dialect, value: marked } : { origin, value: marked.slice(origin.length + 1) }
}
