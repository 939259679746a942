import type { Decimal } from '@paddock/contract/decimal'
import { moneyText, percent, points, verdictText } from '../races/dataset/report-html.ts'
import type { Report } from '../races/dataset/report.ts'
import type { Output } from './output.ts'

/** The verdict and each model's bill, for a person. */
export function printReport(output: Output, report: Report, page: string): void {
  const { champion, challengers, items } = report
  output.table(
    ['MODEL', 'FATE', 'RIGHT', 'DIFFERENCE', 'INTERVAL', 'COMPARED', 'CALLS', 'ERRORS', 'COST', 'SAVING'],
    [
      [champion.model, 'champion', percent(champion.score), '', '', '', ...billCells(champion), ''],
      ...challengers.map((each) => [
        each.model,
        each.fate,
        percent(each.score),
        points(each.difference),
        `${points(each.interval.low)} … ${points(each.interval.high)}`,
        String(each.n),
        ...billCells(each),
        each.saving === null ? '' : percent(each.saving),
      ]),
    ],
  )
  output.line('')
  output.line(
    `${verdictText(report)}. ${items.counted} items, ${moneyText(report.spent)} spent (${formatShort(report.spent_total)} ${report.config.currency}).`,
  )
  output.note(`Report: ${page}`)
}

function billCells({ calls, errors, cost }: Report['champion']): string[] {
  return [String(calls), String(errors), moneyText(cost)]
}

/** For reading; the exact amount is in the report. */
export function formatShort(amount: Decimal): string {
  return amount.replace(/(\.\d{4})\d+$/, '$1')
}
