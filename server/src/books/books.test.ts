import { describe, expect, it } from 'vitest'
import { openTestBooks } from '../../../tests/stand-ins/open-test-books.ts'
import { entryFor, intentOf, money } from '../../../tests/stand-ins/samples.ts'

describe('[B5] settling twice', () => {
  const first = entryFor('a')
  const second = entryFor('a', { state: 'timeout', cost: money('9.000000000000', 'CNY') })

  it('while the first is on its way gives the first', async () => {
    await using test = await openTestBooks()
    await test.books.intend(intentOf('a'))
    await Promise.all([test.books.settle(first), test.books.settle(second), test.books.settle(second)])
    expect(await test.books.find('a')).toEqual(first)
    await test.books.drained()
    expect(await test.books.find('a')).toEqual(first)
  })

  it('before it is drained gives the first', async () => {
    await using test = await openTestBooks()
    test.ledger.failure = new Error('database is locked')
    await test.books.settle(first)
    const written = test.disk.counts.write
    await test.books.settle(second)
    expect(test.disk.counts.write).toBe(written)
    test.ledger.failure = null
    await test.books.drained()
    expect(await test.books.find('a')).toEqual(first)
  })

  it('after it is drained gives the first', async () => {
    await using test = await openTestBooks()
    await test.books.settle(first)
    await test.books.drained()
    await test.books.settle(second)
    expect(await test.books.find('a')).toEqual(first)
  })

  it('without an intent, as a refused request has none, is one entry too', async () => {
    await using test = await openTestBooks()
    await test.books.settle(entryFor('a', { state: 'refused', attempts: [] }))
    await test.books.drained()
    expect([...test.ledger.rows.keys()]).toEqual(['a'])
  })
})

describe('[B6] find', () => {
  it('shows an entry from the journal and from the ledger alike', async () => {
    await using test = await openTestBooks()
    test.ledger.failure = new Error('database is locked')
    await test.books.settle(entryFor('a', { cost: money('3', 'CNY'), user_id: '用户', error: null }))
    const before = await test.books.find('a')
    expect(before).toMatchObject({ cost: money('3.000000000000', 'CNY'), user_id: '用户' })
    test.ledger.failure = null
    await test.books.drained()
    expect(await test.books.find('a')).toEqual(before)
  })

  it('has nothing for an open request and for a stranger', async () => {
    await using test = await openTestBooks()
    await test.books.intend(intentOf('a'))
    expect(await test.books.find('a')).toBeNull()
    expect(await test.books.find('b')).toBeNull()
  })
})

describe('[B11] an amount too large for a column', () => {
  it.each([
    ['9000000.000000000000', 'ok'],
    ['-9000000.000000000000', 'ok'],
    ['9000000.000000000001', 'unpriced'],
    ['999999999999.000000000000', 'unpriced'],
    ['-9000000.000000000001', 'unpriced'],
  ])('%s is %s', async (amount, state) => {
    await using test = await openTestBooks()
    await test.books.settle(entryFor('a', { cost: money(amount, 'CNY') }))
    await test.books.drained()
    const found = await test.books.find('a')
    expect(found?.state).toBe(state)
    if (state === 'ok') expect(found?.cost.amount).toBe(amount)
    else {
      expect(found).toMatchObject({ cost: money(null, null), charge: money(null, null) })
      expect(found?.error).toBe(`amount_too_large: ${amount} CNY does not fit into an entry`)
    }
  })
})
