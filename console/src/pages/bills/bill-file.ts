/** The file of a bill, before it is sent. */

export type BillFile = { readonly name: string; readonly csv: string }

/** As much as the server takes. */
export const BILL_BYTES_MAX = 16_000_000

/** UTF-8, or else GB 18030, in which programs on Chinese systems save tables. Throws for what is neither. */
export function decodeBill(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030', { fatal: true }).decode(bytes)
  }
}

/** One thing that is wrong with a bill; `line` null where it is about the whole of it. */
export type Problem = { readonly line: number | null; readonly what: string }

/** The server's words about a bill that was not taken in, one problem a line. */
export function problemsOf(message: string): Problem[] {
  const [, ...told] = message.split('\n')
  return told.map((each) => {
    const [, line, what] = /^line (\d+): (.*)$/s.exec(each) ?? []
    return line === undefined || what === undefined ? { line: null, what: each } : { line: Number(line), what }
  })
}
