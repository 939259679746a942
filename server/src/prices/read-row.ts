/** A price row as written, in a book or in paddock.yaml: every field checked, every fault reported, nothing guessed. */
import { isCurrency } from '../money/currency.ts'
import type { Calendars } from './calendar.ts'
import { COMPONENTS } from './component.ts'
import { describeWhen } from './conditions.ts'
import { instantOf } from './read-instant.ts'
import { keysBesideRates, ratesIn, readPer, readRates, type Form } from './read-rates.ts'
import { readVariants } from './read-variants.ts'
import { readWhen } from './read-when.ts'
import { LEVELS, type Level, type PriceRow } from './row.ts'
import {
  choiceOf,
  complain,
  fieldsOf,
  flagOf,
  isAbsent,
  isEmpty,
  listOf,
  optionalOf,
  textOf,
  watch,
  wholeOf,
  type Spot,
} from './spot.ts'

/** What a row does not say itself. */
export type RowContext = {
  readonly form: Form
  /** Null: the model is written "provider/model". */
  readonly provider: string | null
  /** The zone in which a day begins. */
  readonly zone: string
  readonly level: Level
  readonly calendars: Calendars
}

type Fields = (key: string) => Spot

const IDENTITY = ['id', 'level', 'model', 'match', 'currency', 'revision']
const PRICES = ['per', 'variants', 'tier_scope', 'when', 'same_as']
const TIMES = ['valid_from', 'valid_to', 'recorded_at', 'retracted_at']
const PROVENANCE = ['basis', 'source', 'confidence', 'verified', 'from_basis', 'change_between', 'promo', 'note']
const KEYS = keysBesideRates([...IDENTITY, ...PRICES, ...TIMES, ...PROVENANCE])
const SAME_AS_KEYS = new Set(['model', 'at'])
const FROM_BASES = ['stated', 'release', 'seen', 'bracket', 'scheduled']

/** The row, or null when something about it was reported. */
export function readRow(spot: Spot, context: RowContext): PriceRow | null {
  const { spot: watched, hasFailed } = watch(spot)
  const field = fieldsOf(watched, KEYS[context.form])
  if (field === null) return null
  const identity = identityOf(field, context)
  const prices = pricesOf(field, ratesIn(watched, field, context.form), context)
  const span = spanOf(field, context.zone)
  const id = context.form === 'book' ? textOf(field('id')) : optionalOf(field('id'), textOf)
  const row = {
    id: id ?? nameRow({ ...identity, ...span, when: prices.when }),
    ...identity,
    ...prices,
    ...span,
    ...knowledgeOf(field, context),
    ...provenanceOf(field, context.form),
  }
  return hasFailed() ? null : row
}

function identityOf(field: Fields, { provider, level }: RowContext) {
  const name = textOf(field('model')) ?? ''
  const slash = provider === null ? name.indexOf('/') : -1
  if (provider === null && name !== '' && slash < 1) complain(field('model'), 'must be written provider/model')
  const currency = textOf(field('currency')) ?? ''
  if (currency !== '' && !isCurrency(currency)) complain(field('currency'), 'must be three capital letters such as CNY')
  return {
    level: choiceOf(field('level'), LEVELS, level) ?? level,
    provider: provider ?? name.slice(0, slash),
    model: name.slice(slash + 1),
    match: choiceOf(field('match'), ['exact', 'prefix'], 'exact') ?? 'exact',
    currency,
    revision: wholeOf(field('revision'), 1) ?? 1,
  } as const
}

function pricesOf(field: Fields, ratesSpot: Spot, { form, calendars, zone }: RowContext) {
  const variants = field('variants')
  const when = optionalOf(field('when'), (at) => readWhen(at, calendars))
  const scope = choiceOf(field('tier_scope'), ['whole_request', 'marginal'], 'whole_request') ?? 'whole_request'
  const beside = { when, tier_scope: scope } as const
  if (!isAbsent(field('same_as'))) {
    if (!isEmpty(ratesSpot) || !isAbsent(variants)) complain(field('same_as'), 'must stand without prices beside it')
    return { rates: {}, variants: [], same_as: sameAsOf(field('same_as'), zone), ...beside }
  }
  if (isEmpty(ratesSpot) && isAbsent(variants)) complain(ratesSpot, `must price something: ${COMPONENTS.join(', ')}`)
  const per = readPer(field('per')) ?? 1
  return {
    rates: isAbsent(ratesSpot) ? {} : readRates(ratesSpot, per),
    variants: readVariants(variants, { form, calendars, per }),
    same_as: null,
    ...beside,
  }
}

function sameAsOf(spot: Spot, zone: string) {
  const field = fieldsOf(spot, SAME_AS_KEYS)
  const model = field && textOf(field('model'))
  const at = field && instantOf(field('at'), zone)
  return model === null || at === null ? null : { model, at }
}

function spanOf(field: Fields, zone: string) {
  const from = optionalOf(field('valid_from'), (at) => instantOf(at, zone))
  const to = optionalOf(field('valid_to'), (at) => instantOf(at, zone))
  if (from !== null && to !== null && to <= from) complain(field('valid_to'), 'must be later than valid_from')
  return { valid_from: from, valid_to: to }
}

/** A book says when it learnt of a row; an operator's own prices count as known from the beginning. */
function knowledgeOf(field: Fields, { form, zone }: RowContext) {
  const instant = (at: Spot): string | null => instantOf(at, zone)
  const recorded = form === 'book' ? instant(field('recorded_at')) : optionalOf(field('recorded_at'), instant)
  const retracted = optionalOf(field('retracted_at'), instant)
  if (recorded !== null && retracted !== null && retracted <= recorded) {
    complain(field('retracted_at'), 'must be later than recorded_at')
  }
  return { recorded_at: recorded, retracted_at: retracted }
}

/** A book says where its prices come from; an operator knows without saying. */
function provenanceOf(field: Fields, form: Form) {
  const basis = choiceOf(field('basis'), ['list', 'capacity'], 'list') ?? 'list'
  const source = listOf(field('source'), textOf) ?? []
  const isOwn = form === 'book' && isAbsent(field('same_as'))
  if (isOwn && basis === 'list' && source.length === 0)
    complain(field('source'), 'must name a source: a key of sources.json')
  return {
    basis,
    source,
    confidence: choiceOf(field('confidence'), ['high', 'medium', 'low'], isOwn ? undefined : 'high') ?? 'low',
    verified: flagOf(field('verified'), form === 'operator') ?? false,
    from_basis: optionalOf(field('from_basis'), (at) => choiceOf(at, FROM_BASES)),
    change_between: listOf(field('change_between'), textOf),
    promo: flagOf(field('promo'), false) ?? false,
    note: optionalOf(field('note'), textOf),
  } as const
}

type RowName = Pick<PriceRow, 'provider' | 'model' | 'currency' | 'level' | 'revision' | 'valid_from' | 'when'>

/** Operators need not name their rows: what a row is for names it. */
function nameRow({ provider, model, currency, level, revision, valid_from, when }: RowName): string {
  const from = valid_from?.replace('T00:00:00.000Z', '') ?? 'open'
  const condition = when === null ? [] : [describeWhen(when).replaceAll(' ', '-')]
  const correction = revision > 1 ? [`r${revision}`] : []
  return [`${provider}/${model}@${currency}`, from, level, ...condition, ...correction].join(':')
}
