import { searchOf } from '../../search.ts'

export const billsSearch = searchOf({})
