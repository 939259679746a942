import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Price, useComponentName, useCondition } from '../../price-book/prices.tsx'
import { Percent } from './percent.tsx'
import { text } from './text.ts'

type Change = Answer<'price_proposals.list'>['items'][number]['changes'][number]

/** From what to what, component by component. */
export function EffectiveChanges({
  changes,
  currency,
}: {
  readonly changes: readonly Change[]
  readonly currency: string
}) {
  const t = useText(text)
  const componentName = useComponentName()
  const inWords = useCondition()
  return (
    <div className="overflow-x-auto">
      <table className="w-full max-w-2xl text-sm">
        <thead>
          <tr className="border-b border-line text-left text-xs text-ink-3">
            <th scope="col" className="py-1 pr-3 font-medium">
              {t.component}
            </th>
            <th scope="col" className="px-3 py-1 text-right font-medium">
              {t.before}
            </th>
            <th scope="col" className="px-3 py-1 text-right font-medium">
              {t.after}
            </th>
            <th scope="col" className="py-1 pl-3 text-right font-medium">
              {t.change}
            </th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ component, when, from, to, per, percent }) => (
            <tr key={`${component} ${when}`} className="border-b border-line last:border-0">
              <th scope="row" className="py-1.5 pr-3 text-left font-normal">
                {componentName(component)}
                {when !== null && <span className="block text-xs text-ink-3">{inWords(when)}</span>}
              </th>
              <td className="px-3 py-1.5 text-right text-ink-2">
                <Price
                  component={component}
                  rate={from === null ? undefined : { price: from, per }}
                  currency={currency}
                />
              </td>
              <td className="px-3 py-1.5 text-right">
                <Price component={component} rate={to === null ? undefined : { price: to, per }} currency={currency} />
              </td>
              <td className="py-1.5 pl-3 text-right">
                <Percent of={percent} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
