import { searchOf } from '../../search.ts'

export const whatIfSearch = searchOf({})
