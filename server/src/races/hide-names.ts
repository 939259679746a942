import { SELF_NAMES } from '../providers/self-names.ts'

/** Where an answer speaks of who wrote it, in English or Chinese. Elsewhere a name may be what was asked for. */
const OF_ITSELF =
  /\b(?:I am|I['’]m|as an? (?:AI|language|large)|my name is|call me|(?:developed|created|trained|made|built) by|language model|AI assistant)\b|我是|我叫|我的名字|作为一|(?:开发|训练|研发|创造)的/i

const NAMES = new RegExp(
  SELF_NAMES.toSorted((one, other) => other.length - one.length)
    // Latin names are whole words with what follows of a version; Chinese has no spaces between words.
    .map((name) => (/^[\x20-\x7e]+$/.test(name) ? `\\b${name.replaceAll('.', '\\.')}(?:-?\\d[\\w.-]*)?\\b` : name))
    .join('|'),
  'gi',
)

/** An answer without the names by which its author gives itself away, so that a judge reads what is said and not who says it. */
export function hideNames(answer: string): string {
  return answer
    .split(/(?<=[.!?。！？\n])/)
    .map((sentence) => (OF_ITSELF.test(sentence) ? sentence.replaceAll(NAMES, '[name]') : sentence))
    .join('')
}
