/**
 * What a page says, in all three languages side by side. English decides the names; Chinese and Japanese must have the same ones,
 * or it does not compile. Where a number or a name stands in a sentence, the text is a function of it.
 */

export const LANGUAGES = ['en', 'zh', 'ja'] as const
export type Language = (typeof LANGUAGES)[number]

/** As `<html lang>` and Intl want them. */
export const LOCALES: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN', ja: 'ja' }

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', zh: '简体中文', ja: '日本語' }

// oxlint-disable-next-line typescript/no-explicit-any -- what a text is made of is its own affair
type Words = { readonly [name: string]: string | ((...made: any[]) => string) | Words }

type Same<Text> = {
  readonly [Name in keyof Text]: Text[Name] extends string
    ? string
    : Text[Name] extends Words
      ? Same<Text[Name]>
      : Text[Name]
}

export type Texts<Text> = Readonly<Record<Language, Same<Text>>>

export function texts<const Text extends Words>(all: { en: Text; zh: Same<Text>; ja: Same<Text> }): Texts<Text> {
  return all as Texts<Text>
}
