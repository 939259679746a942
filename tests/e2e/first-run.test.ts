import { expect, it, describe } from 'vitest'
import { openWorkspace } from '../paddock.ts'
import { hearComplaints, hearStrayRequests, openTab } from './browser.ts'

describe('the first run', () => {
  it('goes from the printed link over the first owner to the first request, which shows the moment it ends', async () => {
    await using workspace = openWorkspace()
    const paddock = await workspace.serve()
    await using tab = await openTab('en')
    const { page } = tab
    const complaints = hearComplaints(page)
    const strays = hearStrayRequests(page, paddock.url)
    await page.goto(paddock.started.setupLink ?? '')
    await page.getByLabel('Your name').fill('Ada')
    await page.getByLabel('E-mail').fill('ada@example.com')
    await page.getByLabel('Password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Create owner' }).click()
    await page.getByText('Waiting for the first request').waitFor()
    // The token has left the address, so it stays in no history.
    expect(page.url()).not.toContain('#')

    const { model, prompt } = paddock.started.example
    const key = paddock.started.firstKeys?.key ?? ''
    const answer = await paddock.post({ model, messages: [{ role: 'user', content: prompt }] }, { key })
    expect(answer.status).toBe(200)
    await page.getByRole('heading', { name: 'Over time' }).waitFor()
    await page.getByRole('link', { name: 'Requests' }).click()
    await page.getByRole('row').getByText(model).first().click()
    await page.getByText('the same to the last digit').waitFor()
    expect({ complaints: complaints.filter((text) => !text.includes('401')), strays }).toEqual({
      complaints: [],
      strays: [],
    })
  })

  it('asks those who have not signed in, refuses a wrong password, and forgets everything after signing out', async () => {
    await using workspace = openWorkspace()
    const paddock = await workspace.serve()
    await using tab = await openTab('ja')
    const { page } = tab
    const [, token = ''] = (paddock.started.setupLink ?? '').split('#')
    const owner = { email: 'ada@example.com', name: 'Ada', password: 'correct horse battery' }
    const made = await fetch(`${paddock.url}/api/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, ...owner }),
    })
    expect(made.status).toBe(201)
    await page.goto(`${paddock.url}/console/requests`)
    await page.getByLabel('メールアドレス').fill(owner.email)
    await page.getByLabel('パスワード').fill('wrong horse battery')
    await page.getByRole('button', { name: 'サインイン' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('パスワード').fill(owner.password)
    await page.getByRole('button', { name: 'サインイン' }).click()
    await page.getByRole('heading', { name: 'リクエスト' }).waitFor()
    await page.getByRole('button', { name: 'Ada' }).click()
    await page.getByRole('menuitem', { name: 'サインアウト' }).click()
    await page.getByRole('heading', { name: 'Paddock にサインイン' }).waitFor()
    expect(await page.getByText('リクエスト').count()).toBe(0)
  })
})
