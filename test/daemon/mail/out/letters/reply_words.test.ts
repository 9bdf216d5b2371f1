import t from 'tap'
import { LetterWords } from '../../../../../daemon/mail/out/letters/letter_words.ts'
import { publicHint, type ReplyFacts, replyLine } from '../../../../../daemon/mail/out/letters/reply_words.ts'
import type { Ticket } from '../../../../../data/tables.ts'
import { TICKET } from '../../../../handlers/fixture.ts'

const WORDS = new LetterWords().usual()
const MARIA = { submitter_email: 'maria@example.net', submitter_name: 'Maria Lee', assigned_to: 2 }
const FRED = 'fred@example.org'
const EVE = 'eve@example.net'

function line(ticket: Partial<Ticket>, facts: Partial<ReplyFacts> = {}): string {
  const audience = { is: 'public', ticket: { ...TICKET, ...ticket } } as const
  return replyLine(WORDS, {
    proofs: ['smtp-auth', 'letter'],
    audience,
    own: [FRED],
    isUnreached: false,
    ...facts,
  })
}

t.test('where a reply goes', async t => {
  t.equal(line(MARIA), 'Your reply goes to Maria Lee <maria@example.net>.')
  t.equal(
    line({ ...MARIA, watchers: [EVE, FRED.toUpperCase()] }),
    'Your reply goes to Maria Lee <maria@example.net> and 1 watcher.',
    'the reader is not counted',
  )
  t.equal(
    line({ ...MARIA, watchers: [EVE, 'tom@example.net'], assigned_to: null }),
    'Your reply goes to Maria Lee <maria@example.net> and 2 watchers. With it, the ticket becomes yours.',
  )
  t.equal(
    line({ ...MARIA, submitter_name: 'staff alone <x@example.org>' }),
    'Your reply goes to "staff alone <x@example.org>" <maria@example.net>.',
    'a name never stands alone',
  )
  t.equal(line({ submitter_email: null, assigned_to: 2 }), 'Your reply is public, but there is no submitter.')
  t.equal(line({ submitter_email: null, assigned_to: 2, watchers: [EVE] }), 'Your reply goes to 1 watcher.')
  t.equal(
    line(MARIA, { isUnreached: true }),
    'Your reply is public, but does not reach Maria Lee <maria@example.net>.',
  )
})

t.test('a line is true with the proofs that the site has', async t => {
  t.equal(line(MARIA, { proofs: [] }), 'Your reply is private.')
  t.equal(line(MARIA, { audience: { is: 'private' } }), 'Your reply is private.')
  t.equal(
    line(MARIA, { proofs: ['smtp-auth'] }),
    'Your reply is private, unless your mail program sends it with your login here. In that case: Your reply goes to Maria Lee <maria@example.net>.',
  )
  const hints = [[], ['letter'], ['smtp-auth']] as const
  t.same(
    hints.map(proofs => /To write .*/.exec(publicHint(WORDS, proofs))![0]),
    [
      'To write to the submitter, call add_followup with public=y.',
      'To write to the submitter by mail, reply to our letter itself, from your own address and to nobody else.',
      'To write to the submitter by mail, send it with this helpdesk as the outgoing server of your mail program and your login here.',
    ],
  )
})
