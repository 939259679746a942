import { searchOf } from '../../search.ts'

export const racesSearch = searchOf({})
