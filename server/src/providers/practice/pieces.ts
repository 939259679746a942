/**
 * The pieces a text is streamed in: words and runs of signs with the space before them, three digits, and single
 * characters of scripts without spaces. Much like a tokenizer cuts; put together they are the text, character for character.
 */
export function pieces(text: string): string[] {
  return text.match(PIECE) ?? []
}

const PIECE = /\s*(?:[\p{Script=Latin}\p{M}]+|\p{L}|[^\s\p{L}\p{N}]+)|\p{N}{1,3}|\s+/gu
