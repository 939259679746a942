import { describe, expect, it } from 'vitest'
import { reasonIn, reasonWords } from './race-reasons.ts'

describe('the reasons of verdicts', () => {
  it('are told in the language of the page, with their numbers', () => {
    expect(reasonIn('98.5 % less for the traffic of 30 days', reasonWords.zh)).toBe('30 天的流量可少花 98.5%')
    expect(reasonIn('runs for less than 72 h', reasonWords.ja)).toBe('開始から 72 時間未満')
    expect(reasonIn('its calls fail too often', reasonWords.en)).toBe('its calls fail too often')
  })

  it('stay as they came where a person wrote them', () => {
    expect(reasonIn('everybody asks for it', reasonWords.zh)).toBe('everybody asks for it')
  })
})
