import { findSecrets } from '../../base/errors.ts'
import { textsIn, type PlacedText } from './texts-in.ts'

/**
 * Secrets of paddock.yaml stay where they are: what is shown of the file has a mark in the place of each, and what comes back
 * is filled in from the file it was shown of.
 */

type Stretch = { readonly start: number; readonly end: number }

export type Masked = {
  /** The file with a mark in the place of each secret. */
  readonly shown: string
  /** What each mark stands for, as it is written in the file. */
  readonly secrets: ReadonlyMap<string, string>
}

const MARK = /<kept-secret-\d+>/g
/** Where a file cannot be read as YAML, a line still says what it is about. */
const SECRET_LINE =
  /(?<![\w$])(?:api_?keys?|(?:client_)?secret|password|token)["']?\s*:\s*(?!["']?\$\{|[[{&*|<])[^\s,}\]#][^,}\]#\n]*/gi

export function maskSecrets(text: string): Masked {
  const secrets = new Map<string, string>()
  let shown = ''
  let done = 0
  for (const { start, end } of stretchesOf(text)) {
    const mark = `<kept-secret-${secrets.size + 1}>`
    secrets.set(mark, text.slice(start, end))
    shown += text.slice(done, start) + mark
    done = end
  }
  return { shown: shown + text.slice(done), secrets }
}

/** In order, and none inside of another. */
function stretchesOf(text: string): Stretch[] {
  const named = textsIn(text).filter((each) => isSecret(each) && each.end > each.start)
  const bySign = findSecrets(text)
  const byLine = [...text.matchAll(SECRET_LINE)].map((match) => {
    const value = /:\s*/.exec(match[0])
    const start = match.index + (value === null ? 0 : value.index + value[0].length)
    return { start, end: match.index + match[0].trimEnd().length }
  })
  const taken: Stretch[] = []
  for (const each of [...named, ...bySign, ...byLine]) {
    if (taken.every(({ start, end }) => each.end <= start || each.start >= end)) taken.push(each)
  }
  return taken.toSorted((one, other) => one.start - other.start)
}

const SECRET_PLACES = ['alerts.webhook.secret', 'sign_in.oidc.client_secret']

/** One that is only named, as an environment variable or by an anchor, is no secret itself. */
function isSecret({ path, value, isAlias }: PlacedText): boolean {
  const [first, , third = ''] = path
  const isPlace =
    (first === 'providers' && /^api_keys?$/.test(third)) || SECRET_PLACES.includes(path.slice(0, 3).join('.'))
  return isPlace && !isAlias && !/^(?:\$\{\w+\}|null|~|)$/.test(value)
}

export type Restored = {
  readonly text: string
  /** Marks that stand for nothing, where they were found in what came back. */
  readonly unknown: readonly { readonly mark: string; readonly at: number }[]
  /** Where an instant of the restored text stands in what came back. */
  readonly placeOf: (offset: number) => number
}

/** What came back with the secrets in it: a mark alone in quotes counts as well. */
export function restoreSecrets(given: string, secrets: ReadonlyMap<string, string>): Restored {
  const quoted = new RegExp(`(["']?)(${MARK.source})\\1`, 'g')
  const edits: { readonly start: number; readonly end: number; readonly length: number }[] = []
  const unknown: { mark: string; at: number }[] = []
  let text = ''
  let done = 0
  for (const match of given.matchAll(quoted)) {
    const [whole, , mark = ''] = match
    const source = secrets.get(mark)
    if (source === undefined) unknown.push({ mark, at: match.index })
    text += given.slice(done, match.index)
    edits.push({ start: text.length, end: match.index + whole.length, length: (source ?? whole).length })
    text += source ?? whole
    done = match.index + whole.length
  }
  return {
    text: text + given.slice(done),
    unknown,
    placeOf: (offset) => {
      const last = edits.findLast(({ start }) => start <= offset)
      if (last === undefined) return offset
      return last.end + Math.max(0, offset - last.start - last.length)
    },
  }
}

/** Whether a text holds a mark. */
export function hasMark(text: string): boolean {
  return text.search(MARK) >= 0
}
