import { searchOf } from '../../search.ts'

export const keysSearch = searchOf({})
