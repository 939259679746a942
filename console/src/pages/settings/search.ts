import { oneOf, searchOf } from '../../search.ts'

export const TABS = ['file', 'force', 'doctor'] as const

export const settingsSearch = searchOf({ tab: oneOf(TABS) })
