import { searchOf } from '../../search.ts'

export const leaguesSearch = searchOf({})
