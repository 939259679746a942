import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { FilterField } from '@paddock/webkit/ui/field.tsx'
import { useMemo } from 'react'
import { useAsk } from '../../query.ts'
import type { Scenario } from './search.ts'
import { text } from './text.ts'

type TrafficProps = {
  readonly scenario: Scenario
  readonly onChange: (part: Partial<Scenario>) => void
}

/** Which part of the traffic a scenario is about; all of it unless somebody says less. */
export function Traffic({ scenario: { route, key, of }, onChange }: TrafficProps) {
  const t = useText(text)
  const choices = useChoices()
  const keyName = choices.keys.find(({ value }) => value === key)?.label ?? key
  const said = [route, keyName, of].filter((part) => part !== undefined)
  return (
    <details className="group text-sm">
      <summary className="flex cursor-pointer items-baseline justify-between gap-2">
        <span className="font-medium">{t.traffic}</span>
        <span className="min-w-0 truncate text-ink-2 underline decoration-line underline-offset-4">
          {said.length === 0 ? t.allTraffic : said.join(' · ')}
        </span>
      </summary>
      <div className="mt-2 flex flex-col gap-2">
        <FilterField
          label={t.route}
          any={t.anyRoute}
          value={route}
          options={choices.routes}
          onChange={(picked) => onChange({ route: picked })}
        />
        <FilterField
          label={t.key}
          any={t.anyKey}
          value={key}
          options={choices.keys}
          onChange={(picked) => onChange({ key: picked })}
        />
        <FilterField
          label={t.ofModel}
          any={t.anyModel}
          value={of}
          options={choices.models}
          onChange={(picked) => onChange({ of: picked })}
        />
        {said.length > 0 && (
          <Button small onClick={() => onChange({ route: undefined, key: undefined, of: undefined })}>
            {t.clear}
          </Button>
        )}
      </div>
    </details>
  )
}

/** What there has ever been traffic of. */
function useChoices() {
  const extent = useAsk('overview.extent', {})
  const shown = extent.data?.real ?? extent.data?.practice
  const query = {
    from: shown?.from,
    to: shown?.to,
    practice: extent.data?.real === null ? 'true' : undefined,
    limit: 200,
  }
  const when = shown !== undefined && shown !== null
  const routes = useAsk('overview.breakdown', { query: { ...query, by: 'route' } }, { when })
  const keys = useAsk('overview.breakdown', { query: { ...query, by: 'key' } }, { when })
  const models = useAsk('overview.breakdown', { query: { ...query, by: 'model' } }, { when })
  return useMemo(
    () => ({ routes: optionsOf(routes.data), keys: optionsOf(keys.data), models: optionsOf(models.data) }),
    [routes.data, keys.data, models.data],
  )
}

type Breakdown = { readonly items: readonly { readonly name: string | null; readonly label: string | null }[] }

function optionsOf(breakdown: Breakdown | undefined) {
  return (breakdown?.items ?? []).flatMap(({ name, label }) =>
    name === null ? [] : { value: name, label: label ?? name },
  )
}
