import { simpleParser } from 'mailparser'
import t from 'tap'
import { choiceMade } from '../../../../../daemon/mail/in/answers/choice_made.ts'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../../data/secret.ts'
import type { Reader } from '../../../../../data/store.ts'
import { directoryFor, HELPDESK, house, SUPPORT, until } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { linksIn } from '../../mailto_links.ts'

const ERIN = 'erin@example.net'
const MALLORY = 'mallory@example.com'

t.test('a submitter says by a link whether a resolution helps', async t => {
  const built = await house(t)
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'The printer', text: 'It burns.' })
  await built.susan('take', { ticket: '1' })
  await built.susan('resolve', { ticket: '1', resolution: 'The fuse was changed.' })
  const resolved = async (nth: number) => {
    const letter = await until('the letter about the resolution', async () => {
      const all = (await built.letters(1)).filter(
        one => /^To: erin/m.test(one) && /^X-Helpdesk-Event: resolved/m.test(one),
      )
      return all[nth]
    })
    return (await simpleParser(letter)).text ?? ''
  }
  const links = linksIn(await resolved(0))
  t.strictSame(
    links.map(({ label, subject }) => [label, subject]),
    [
      ['It works:', '[support-1] It works'],
      ['Not yet:', '[support-1] Not yet'],
      ['Stop these mails:', '[support-1] Stop these mails'],
    ],
  )
  const [works, notYet] = links as [(typeof links)[0], (typeof links)[0]]
  const ticket = async () => (await kept(built.config.state_dir, 'tickets'))[0]!
  const count = async () => (await kept(built.config.state_dir, 'followups')).length
  const last = async () => (await kept(built.config.state_dir, 'followups')).at(-1)!
  const follow = (to: string, text = '', from = ERIN, headers = {}) =>
    built.mail({ from, to, subject: works.subject, text, headers })

  await follow(works.to)
  t.match(await ticket(), { status: 4 })
  t.match(await last(), { public: true, comment: '', door: 'mail', author: { address: ERIN } })
  const before = await count()
  await follow(works.to)
  t.equal(await count(), before, 'a repeat changes nothing')
  await follow(notYet.to, 'It burns again.')
  t.match(await ticket(), { status: 2 })
  t.match(await last(), { public: true, comment: 'It burns again.' })
  await follow(notYet.to)
  await follow(works.to)
  t.match(await ticket(), { status: 2 }, 'an open ticket stays open')
  t.equal(await count(), before + 1)

  await built.susan('resolve', { ticket: '1', resolution: 'Another one.' })
  await follow(works.to, '', ERIN, { 'Auto-Submitted': 'auto-replied' })
  t.match(await ticket(), { status: 3 }, 'a machine says nothing')
  const altered = works.to.replace(/\.(.)(?=[a-z2-7]{15}@)/, (_, first) => (first === 'a' ? '.b' : '.a'))
  await follow(altered)
  t.match(await ticket(), { status: 3 }, 'nor does an altered address')
  await follow(works.to.replace('+y', '+p'))
  t.match(await ticket(), { status: 3 }, 'nor that of the other link with this mark')
  await follow(works.to, 'I have the letter.', MALLORY)
  t.match(await ticket(), { status: 4 }, 'whoever has the letter can use it')
  t.match(await last(), { public: false, author: { address: MALLORY } }, 'but writes to nobody but staff')
  t.notMatch(JSON.stringify(await kept(built.config.state_dir, 'followups')), /\+[yp]\./)
})

t.test('a link is for its ticket, its submitter, and 30 days', async t => {
  const ids = signedIdsOf(await openKeys(directoryFor(t)), HELPDESK, [])
  const now = Date.parse('2030-02-01T00:00:00.000Z')
  const letter = { id: 12, ticket: 7, to: ERIN, created: '2030-01-10T00:00:00.000Z' }
  const ticket = { id: 7, submitter_email: 'Erin@example.net' }
  const made = (about: object = {}, records: { letter?: object; ticket?: object } = {}) => {
    const chosen = ids.choiceOf(ids.choiceAddress({ id: 12, ticket: 7, ...about }, 'works')!)!
    const found: Record<string, unknown> = {
      letters: { ...letter, ...records.letter },
      tickets: { ...ticket, ...records.ticket },
    }
    const tx = { get: async (table: string) => found[table] } as unknown as Reader
    return choiceMade(tx, [{ kind: 'choice', address: HELPDESK, chosen }], now)
  }
  t.match(await made(), { ticket: { id: 7 }, choice: 'works' })
  t.match(await made({ ticket: 8 }), { refused: 'the ticket of its link no longer exists' })
  t.match(await made({}, { letter: { created: '2030-01-01T00:00:00.000Z' } }), {
    refused: /older than 30 days/,
  })
  t.match(await made({}, { ticket: { submitter_email: MALLORY } }), { refused: /not the submitter any more/ })
  t.equal(ids.choiceOf(ids.linkAddress(letter, 'take')!), undefined)
  t.equal(ids.choiceOf(ids.keyAddress(letter)!), undefined)
  t.equal(
    signedIdsOf(await openKeys(directoryFor(t)), HELPDESK, [], 'none').choiceAddress(letter, 'works'),
    undefined,
  )
})
