import { searchOf } from '../../search.ts'

export const profileSearch = searchOf({})
