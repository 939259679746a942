import { searchOf } from '../../search.ts'

export const settingsSearch = searchOf({})
