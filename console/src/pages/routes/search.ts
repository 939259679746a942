import { searchOf } from '../../search.ts'

export const routesSearch = searchOf({})
