const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/

/** Whether a text can be the name of a header (RFC 9110 §5.1). */
export function isHeaderName(text: string): boolean {
  return HEADER_NAME.test(text)
}
