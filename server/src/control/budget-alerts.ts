import type { Log } from '../base/log.ts'
import type { BudgetEvent } from '../books/budgets/alerts.ts'
import type { AlertWebhook } from './alert-webhook.ts'

/** Says in the log, and to the webhook, that a threshold is reached, or that a request cost more than was held for it. */
export function tellBudgetEvent(event: BudgetEvent, { log, webhook }: { log: Log; webhook: AlertWebhook }): void {
  const { requestId, budget } = event
  const { scope, id, spent, amount, currency, window } = budget
  const data = { request_id: requestId, budget }
  const stand = `${scope} ${id}: spent ${spent} of ${amount} ${currency} for ${window}`
  if (event.kind === 'budget_threshold') {
    log.warn('books.budget_threshold', { request_id: requestId, reason: `${stand}, ${event.percent} % reached` })
    webhook.send('budget.threshold', { percent: event.percent, ...data })
  } else {
    log.warn('books.budget_over_hold', { request_id: requestId, reason: `${stand}, by more than was held` })
    webhook.send('budget.over_hold', data)
  }
}
