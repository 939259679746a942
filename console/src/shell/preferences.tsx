import { LANGUAGE_NAMES, LANGUAGES } from '@paddock/webkit/text/texts.ts'
import { useLanguage, useText } from '@paddock/webkit/text/language.tsx'
import { chooseTheme, chosenTheme, THEMES } from '@paddock/webkit/theme.ts'
import { IconButton } from '@paddock/webkit/ui/button.tsx'
import { Menu } from '@paddock/webkit/ui/menu.tsx'
import { Languages, SunMoon } from 'lucide-react'
import { useState } from 'react'
import { text } from './text.ts'

/** Language and colours. */
export function Preferences() {
  const t = useText(text)
  const { language, choose } = useLanguage()
  const [theme, setTheme] = useState(chosenTheme)
  return (
    <div className="flex items-center">
      <Menu
        trigger={<IconButton icon={Languages} label={t.language} />}
        groups={[
          {
            label: t.language,
            items: LANGUAGES.map((one) => ({
              label: <span lang={one}>{LANGUAGE_NAMES[one]}</span>,
              checked: one === language,
              onSelect: () => choose(one),
            })),
          },
        ]}
      />
      <Menu
        trigger={<IconButton icon={SunMoon} label={t.theme} />}
        groups={[
          {
            label: t.theme,
            items: THEMES.map((one) => ({
              label: t[one],
              checked: one === theme,
              onSelect: () => {
                chooseTheme(one)
                setTheme(one)
              },
            })),
          },
        ]}
      />
    </div>
  )
}
