import { createHash } from 'node:crypto'
import { excerpt, PaddockError } from '../../base/errors.ts'
import type { Sample } from '../evidence.ts'
import { hideNames } from '../hide-names.ts'
import { nameOf, type RaceConfig } from './config.ts'
import type { Item } from './item.ts'
import { keyOf, textOf, type TrialLog } from './trial-log.ts'

/**
 * What people say of a share of the pairs a judge compared. Drawn by a hash, so that nobody chooses them, and shown without
 * names in an order by chance; with their verdicts the judge's own bias can be taken out of what it found.
 */

/** A pair as people read it, one JSON object a line. They replace null by first, second or tie. */
export type Sheet = {
  readonly item: string
  readonly challenger: string
  readonly question: string
  readonly first: string
  readonly second: string
  readonly preferred: 'first' | 'second' | 'tie' | null
}

/** A pair that was counted, and what the judge said: −1 the champion is better, 1 the challenger. */
export type CountedPair = { readonly item: string; readonly challenger: string; readonly preference: number }

type Named = Pick<CountedPair, 'item' | 'challenger'>

/** What people said of pairs, in the same way. */
export type Labels = ReadonlyMap<string, -1 | 0 | 1>

export function labelKey({ item, challenger }: Named): string {
  return JSON.stringify([item, challenger])
}

/** Whether people are to be asked about a pair. With a larger share they are asked about more, never about others. */
export function isDrawn(pair: Named, { seed, share }: { seed: string; share: number }): boolean {
  return fractionOf(`${seed}|people|${labelKey(pair)}`) < share
}

/** Writes down a drawn pair for people: who comes first is left to chance. */
function sheetOf(pair: Named & { question: string; champion: string; answer: string }, seed: string): Sheet {
  const { item, challenger, question, champion, answer } = pair
  const [one, other] = [hideNames(champion), hideNames(answer)]
  const [first, second] = isChallengerFirst(pair, seed) ? [other, one] : [one, other]
  return { item, challenger, question, first, second, preferred: null }
}

type Raced = { readonly config: RaceConfig; readonly items: readonly Item[]; readonly log: TrialLog }

/** The pairs that people are to read. */
export function sheetsFor(pairs: readonly CountedPair[], { config, items, log }: Raced, share: number): Sheet[] {
  const { seed, champion, challengers } = config
  const questions = new Map(items.map(({ id, question }) => [id, question]))
  return pairs
    .filter((pair) => isDrawn(pair, { seed, share }))
    .flatMap((pair) => {
      const arm = challengers.find((each) => nameOf(each) === pair.challenger)
      const [one, other] = [champion, arm].map((each) => each && log.trials.get(keyOf({ item: pair.item, ...each })))
      if (one === undefined || other === undefined) return []
      const question = questions.get(pair.item) ?? ''
      return [sheetOf({ ...pair, question, champion: textOf(one), answer: textOf(other) }, seed)]
    })
}

/** Reads what came back; lines that nobody has filled in say nothing. Throws argument_invalid naming the line. */
export function readLabels(name: string, text: string, seed: string): Labels {
  const labels = new Map<string, -1 | 0 | 1>()
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const { item, challenger, preferred } = parse(line, `${name}:${index + 1}`)
    if (preferred === null) continue
    const isForChallenger = (preferred === 'first') === isChallengerFirst({ item, challenger }, seed)
    labels.set(labelKey({ item, challenger }), preferred === 'tie' ? 0 : isForChallenger ? 1 : -1)
  }
  return labels
}

function parse(line: string, place: string): Sheet {
  try {
    const sheet = JSON.parse(line) as Sheet
    const isKnown = ['first', 'second', 'tie', null].includes(sheet.preferred)
    if (typeof sheet.item === 'string' && typeof sheet.challenger === 'string' && isKnown) return sheet
  } catch (cause) {
    throw new PaddockError('argument_invalid', { message: `${place} is not JSON.`, cause })
  }
  throw new PaddockError('argument_invalid', {
    message: `${excerpt(place)} is no line of a sheet of pairs: "preferred" is "first", "second", "tie" or null.`,
  })
}

/**
 * The judge's verdicts corrected by people's: z = J + (H − J) · 1{drawn}/share, whose mean is what people prefer, whatever the
 * judge does; bounded by 1 + 2/share. Null while a drawn pair has no label: those that have one may not be like those that have
 * not. D. Csillag, C. J. Struchiner and G. T. Goedert, "Prediction-powered e-values", arXiv 2502.04294.
 */
export function correctedSample(
  pairs: readonly CountedPair[],
  { labels, ...draw }: { labels: Labels; seed: string; share: number },
): Sample | null {
  const counts = new Map<number, number>()
  for (const pair of pairs) {
    const said = isDrawn(pair, draw) ? labels.get(labelKey(pair)) : pair.preference
    if (said === undefined) return null
    const value = pair.preference + (said - pair.preference) / draw.share
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const bound = 1 + 2 / draw.share
  return { counts: [...counts].toSorted(([one], [other]) => one - other), low: -bound, high: bound }
}

function isChallengerFirst(pair: Named, seed: string): boolean {
  return fractionOf(`${seed}|side|${labelKey(pair)}`) < 0.5
}

function fractionOf(text: string): number {
  return Number(createHash('sha256').update(text).digest().readBigUInt64BE() >> 11n) / 2 ** 53
}
