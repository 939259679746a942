import { searchOf } from '../../search.ts'

export const pricesSearch = searchOf({})
