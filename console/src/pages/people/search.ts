import { searchOf } from '../../search.ts'

export const peopleSearch = searchOf({})
