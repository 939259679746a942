import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { readKept, writeKept } from '../kept.ts'
import { LANGUAGES, LOCALES, type Language, type Texts } from './texts.ts'

type Choice = { readonly language: Language; readonly choose: (language: Language) => void }

const LanguageContext = createContext<Choice | null>(null)

/** Which language everything inside is in: the one chosen before, else the browser's. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage)
  useEffect(() => {
    document.documentElement.lang = LOCALES[language]
  }, [language])
  const choice = useMemo(
    () => ({
      language,
      choose: (chosen: Language) => {
        writeKept('language', chosen)
        setLanguage(chosen)
      },
    }),
    [language],
  )
  return <LanguageContext value={choice}>{children}</LanguageContext>
}

export function useLanguage(): Choice {
  const choice = useContext(LanguageContext)
  if (choice === null) throw new Error('There is no LanguageProvider around this.')
  return choice
}

/** The texts of a page in the language that is chosen: `const t = useText(text)`. */
export function useText<Text>(all: Texts<Text>): Texts<Text>[Language] {
  return all[useLanguage().language]
}

function firstLanguage(): Language {
  const kept = readKept('language')
  const wishes = [kept ?? '', ...navigator.languages].map((wish) => wish.slice(0, 2))
  return (
    wishes.map((wish) => LANGUAGES.find((language) => language === wish)).find((found) => found !== undefined) ?? 'en'
  )
}
