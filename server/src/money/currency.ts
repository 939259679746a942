/** A currency by its three letters, such as CNY. Amounts of two currencies never meet in a sum. */
export type Currency = string & { readonly __currency: true }

export function isCurrency(text: string): text is Currency {
  return /^[A-Z]{3}$/.test(text)
}
