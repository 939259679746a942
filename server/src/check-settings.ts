import { warningsOf } from './background.ts'
import type { Config } from './base/config.ts'
import { asPaddockError, type PaddockError } from './base/errors.ts'
import { readBudgetRules } from './books/budgets/rules.ts'
import { readCharging } from './books/charge.ts'
import type { Checked } from './control/settings-file/settings-file.ts'
import { readLimitRules } from './limits/rules.ts'
import { findProviders, openPrices, type Live, type LiveTools } from './parts.ts'
import { openFxTable } from './prices/fx.ts'
import { PROVIDERS } from './providers/all.ts'
import { buildRoutingTable } from './routing/table.ts'

/**
 * Builds all that the configuration would replace and keeps none of it. Each part is tried by itself, so that one fault does not
 * hide the next: where the prices cannot be used, the routes are tried with those in force.
 */
export function checkSettings(read: () => Config, live: Live, tools: LiveTools): Checked {
  const errors: PaddockError[] = []
  const attempt = <Part>(build: () => Part): Part | null => {
    try {
      return build()
    } catch (thrown) {
      errors.push(asPaddockError(thrown))
      return null
    }
  }
  const config = attempt(read)
  if (config === null) return { errors, warnings: [] }
  const prices = attempt(() => openPrices(config)) ?? live.prices
  const providers = attempt(() => findProviders(config, prices, tools)) ?? live.routing.providers
  const routing = attempt(() => buildRoutingTable({ providers, routes: config.routes, known: PROVIDERS }))
  attempt(() => openFxTable(config.fx))
  attempt(() => readLimitRules(config.callerLimits))
  attempt(() => readBudgetRules(config.budgets, config.zone))
  attempt(() => readCharging(config.charges, (request) => prices.cost(request)))
  return { errors, warnings: errors.length > 0 || routing === null ? [] : warningsOf({ prices, routing }) }
}
