/**
 * Prices that operators set in the console, in a file of the data folder, prices/overrides.json. Each is a row of the price book
 * that is known from when it was recorded until it was retracted; a running server reads the file again when it changes.
 */
import type { PriceOverride, PriceOverrideSetting } from '@paddock/contract/price-override'
import { isoInstant } from '../base/clock.ts'
import { excerpt, PaddockError } from '../base/errors.ts'
import { isComponent } from './component.ts'
import { decisionsFile } from './decisions-file.ts'
import type { OperatorRow } from './operator-row.ts'

const file = decisionsFile<PriceOverride>('overrides', 'no price is overridden')

export const overridesFile = file.path
export const readOverrides = file.read
export const writeOverrides = file.write

export type Recorded = { readonly id: string; readonly at: number; readonly by: string }

/**
 * The overrides with one more. `replaces`: the one that ends where it begins to be known. Throws `field_invalid` for a price of
 * no component, and `not_found` where there is nothing to replace.
 */
export function recordOverride(
  overrides: readonly PriceOverride[],
  { setting, replaces, ...recorded }: Recorded & { setting: PriceOverrideSetting; replaces: string | null },
): readonly PriceOverride[] {
  refuseUnknownComponents(setting)
  const left = replaces === null ? overrides : retractOverride(overrides, { ...recorded, id: replaces })
  // Never before the other is retracted: the two would be known at once.
  const after = left.find(({ id }) => id === replaces)?.retracted_at ?? ''
  const at = isoInstant(recorded.at)
  const made: PriceOverride = {
    id: recorded.id,
    setting,
    recorded_at: after > at ? after : at,
    recorded_by: recorded.by,
    retracted_at: null,
    retracted_by: null,
  }
  return [...left, made]
}

/** The overrides with one retracted. Throws `not_found` where it is not there or was retracted before. */
export function retractOverride(
  overrides: readonly PriceOverride[],
  { id, at, by }: Recorded,
): readonly PriceOverride[] {
  const found = overrides.find((each) => each.id === id && each.retracted_at === null)
  if (!found) {
    throw new PaddockError('not_found', {
      message: `There is no price override in force with the id "${excerpt(id)}".`,
    })
  }
  // What is known for no time at all would be no row.
  const retractedAt = isoInstant(Math.max(at, Date.parse(found.recorded_at) + 1))
  return overrides.map((each) => (each.id === id ? { ...each, retracted_at: retractedAt, retracted_by: by } : each))
}

/** Overrides as rows of the book, each with its id for a name. */
export function overrideRows(overrides: readonly PriceOverride[], dataFolder: string): OperatorRow[] {
  return overrides.map((override) => ({
    raw: rawOf(override),
    place: `${overridesFile(dataFolder)}: override ${override.id}`,
  }))
}

/** The row as it would stand under `prices:` in paddock.yaml. */
function rawOf({ id, setting, recorded_at, recorded_by, retracted_at }: PriceOverride): Record<string, unknown> {
  const { rates, variants, reason, ...row } = setting
  return {
    id,
    ...row,
    ...rates,
    variants: variants?.map(({ rates: own, ...variant }) => ({ ...variant, ...own })),
    valid_from: row.valid_from ?? recorded_at,
    recorded_at,
    ...(retracted_at === null ? {} : { retracted_at }),
    source: ['console'],
    note: `${reason} (${recorded_by})`,
  }
}

/** In a row the prices stand beside other words: a price called "currency" would be taken for the currency. */
function refuseUnknownComponents({ rates, variants = [] }: PriceOverrideSetting): void {
  const named = [
    ...Object.keys(rates).map((name) => ['/rates', name] as const),
    ...variants.flatMap((variant, index) =>
      Object.keys(variant.rates).map((name) => [`/variants/${index}/rates`, name] as const),
    ),
  ]
  for (const [where, name] of named) {
    if (isComponent(name)) continue
    throw new PaddockError('field_invalid', {
      message: `${where}: "${excerpt(name)}" is no component of a price; there are input, cached_input, cache_write, output, reasoning and those of docs/reference/prices.md.`,
      param: `${where}/${excerpt(name)}`,
    })
  }
}
