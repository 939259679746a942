import { searchOf, text, yes } from '../../search.ts'

/** `provider`: the one that is looked at. `add`: the dialog for one that is not known. */
export const providersSearch = searchOf({ provider: text, add: yes })
