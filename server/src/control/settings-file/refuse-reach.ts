import { asPaddockError } from '../../base/errors.ts'
import { publicUrl } from '../public-url.ts'
import { hasMark } from './keep-secrets.ts'
import { isAt, textsIn, type PlacedText } from './texts-in.ts'

/**
 * What paddock.yaml may not be made to do from a browser: whoever administers Paddock need not own the machine, and what the
 * machine knows and reaches is not theirs to hand out. Secrets, environment variables and anchors stay where they stand, with the
 * address they are sent to; new addresses lead to the outside.
 */

export type Reach = { readonly at: number; readonly where: string; readonly what: string; readonly fix: string }

/** Both as they are shown, with marks in the place of secrets. */
export function refuseReach(before: string, after: string): Reach[] {
  const [known, given] = [textsIn(before), textsIn(after)]
  return given.flatMap((text) => {
    const refused = refusalOf(text, { known, given })
    return refused === null ? [] : [{ at: text.start, where: text.path.join('.'), ...refused }]
  })
}

type Texts = { readonly known: readonly PlacedText[]; readonly given: readonly PlacedText[] }
type Refusal = Pick<Reach, 'what' | 'fix'>

function refusalOf(text: PlacedText, { known, given }: Texts): Refusal | null {
  const stood = known.filter(({ path }) => path.join('.') === text.path.join('.'))
  const isSame = stood.some(({ value }) => value === text.value)
  if (isHeld(text)) {
    if (isSame && addressIn(given, text) === addressIn(known, text)) return null
    return {
      what: `${shown(text)} stands for something that may not be sent elsewhere from here`,
      fix: hasMark(text.value)
        ? 'Type the secret again, or leave it and its address where they were.'
        : 'Leave it and its address where they were, or write it into the file on the machine itself.',
    }
  }
  if (isSame) return null
  if (text.path[0] === 'sign_in') {
    return {
      what: 'it decides who may sign in, as an owner too, and is not set from here',
      fix: 'Write it into the file on the machine itself.',
    }
  }
  if (isAt(text, 'providers', '*', 'base_url') || isAt(text, 'alerts', 'webhook', 'url')) return refuseUrl(text)
  if (isAt(text, 'books', 'archive') || isAt(text, 'server', 'host')) {
    return {
      what: 'it is about the machine and not set from here',
      fix: 'Write it into the file on the machine itself.',
    }
  }
  return null
}

/** A mark, an environment variable, or an alias, which could be either. */
function isHeld({ value, isAlias }: PlacedText): boolean {
  return isAlias || hasMark(value) || /\$\{\w+\}/.test(value)
}

/** Where what stands there is sent to; null where it is sent nowhere. */
function addressIn(texts: readonly PlacedText[], { path }: PlacedText): string | null {
  const [first = '', second = ''] = path
  const place = first === 'providers' ? [first, second, 'base_url'] : ['alerts', 'webhook', 'url']
  if (first !== place[0]) return null
  return texts.find((each) => isAt(each, ...place))?.value ?? null
}

function refuseUrl({ value }: PlacedText): Refusal | null {
  try {
    publicUrl(value, '')
    return null
  } catch (thrown) {
    const [what = '', ...fix] = asPaddockError(thrown).message.split(': ')
    return { what, fix: fix.join(': ') }
  }
}

function shown({ value }: PlacedText): string {
  return value.length > 64 ? `${value.slice(0, 63)}…` : value
}
