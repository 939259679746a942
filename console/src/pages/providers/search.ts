import { searchOf } from '../../search.ts'

export const providersSearch = searchOf({})
