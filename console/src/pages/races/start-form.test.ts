import { describe, expect, it } from 'vitest'
import { bodyOf, firstForm, shareOf } from './start-form.ts'

describe('the form that starts a race', () => {
  it('asks for what is typed: percent as shares, and no fields that are empty', () => {
    const form = { ...firstForm({}), route: 'chat', challengers: [' a/b ', ''], margin: '2.5', saving: '' }
    expect(bodyOf(form, {})).toEqual({
      route: 'chat',
      challengers: ['a/b'],
      mode: 'split',
      auto: false,
      margin: 0.025,
      saving: null,
    })
  })

  it('has a budget and a grader only in the shadow', () => {
    const form = { ...firstForm({}), route: 'chat', challengers: ['a/b'], mode: 'shadow', grader: 'judge' } as const
    expect(bodyOf({ ...form, judge: 'c/d' }, {}).shadow).toEqual({
      budget: '20',
      grader: { kind: 'judge', model: 'c/d' },
    })
    expect(bodyOf({ ...form, mode: 'split' }, {}).shadow).toBeUndefined()
  })

  it('reads percent without crumbs', () => {
    expect([shareOf('5'), shareOf('0.7'), shareOf('')]).toEqual([0.05, 0.007, undefined])
  })
})
