import { simpleParser } from 'mailparser'
import t from 'tap'
import { earlierIn } from '../../../../daemon/mail/out/earlier.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Followup, Letter, Queue, Ticket } from '../../../../data/tables.ts'
import { Zone } from '../../../../handlers/escalation/zone.ts'
import { FRED, house, SUPPORT } from '../../../house.ts'

const ERIN = 'erin@example.net'
const EVE = 'eve@example.net'

t.test('letters quote what was written before if the queue wants that, and own words always', async t => {
  const { susan, letter, mail } = await house(t)
  await susan('change_queue', { queue: '1', quote: 'y', updated_ticket_cc: FRED.address })
  await mail({ from: ERIN, to: SUPPORT, subject: 'The printer', text: 'It burns.' })
  const write = (message: string, open = 'y') => susan('add_followup', { ticket: '1', message, public: open })
  await write('The first answer.')
  await write('A secret.', 'n')
  await write('The second answer.')
  await susan('watch', { ticket: '1', email: EVE })
  await write('The third answer.')
  await write('The fourth answer.')
  const read = async (to: string, words: string) =>
    simpleParser(await letter(new RegExp(`^To: ${to}[^]*${words}`, 'm')))
  const quotesIn = ({ text = '' }: { text?: string | undefined }) => text.match(/^> .*$/gm) ?? []

  const third = await read(ERIN, 'The third answer')
  t.same(quotesIn(third), ['> The second answer.', '> The first answer.', '> It burns.'])
  t.match(third.text, /just reply to this mail\.\n\nsusan wrote on \d+ \w+ \d{4}:\n\n> The second/)
  t.match(third.text, /\n\nerin@example\.net wrote on .*:\n\n> It burns\.\n$/)
  t.equal((third.html || '').match(/<blockquote[^>]*>The (second|first) answer\.<\/blockquote>/g)?.length, 2)
  const fourth = ['> The third answer.', '> The second answer.', '> The first answer.']
  t.same(quotesIn(await read(ERIN, 'The fourth answer')), fourth, 'three of them')
  t.same(quotesIn(await read(EVE, 'The third answer')), [], 'nothing from before the watcher joined')
  t.same(quotesIn(await read(EVE, 'The fourth answer')), ['> The third answer.'])
  t.same(quotesIn(await read(FRED.address, 'The fourth answer')), [], 'staff have the ticket')
  t.same(quotesIn(await read(ERIN, 'Thank you, your request')), [], 'an acknowledgement')

  await susan('change_queue', { queue: '1', quote: 'n' })
  await susan('create_ticket', { queue: '1', title: 'x', submitter_email: ERIN, body: 'Again <b>fire</b>.' })
  const own = await read(ERIN, 'Again')
  t.match(own.text, /\n\n> Again fire\.\n\n/)
  t.match(own.html, /<blockquote [^>]*>Again <b>fire<\/b>\.<\/blockquote>/)
  await susan('add_followup', { ticket: '2', message: 'We come.', public: 'y' })
  t.same(quotesIn(await read(ERIN, 'We come')), [], 'the queue does not want quotes any more')
})

t.test('what a letter quotes has limits', async t => {
  const followup = {
    ticket: 7,
    date: '2030-01-01T10:00:00.000Z',
    public: true,
    author: { kind: 'operator' },
    door: 'shell',
    changes: [],
    attachments: [],
  }
  const quoted = async (all: readonly object[], ticket: object = {}, queue: object = { quote: true }) => {
    const found = all.map((one, at) => ({
      ...followup,
      id: 9 - at,
      comment: 'x',
      ...one,
    })) as unknown as Followup[]
    const tx = { find: async () => found } as unknown as Reader
    const about = { ticket: { id: 7, ...ticket } as Ticket, queue: queue as Queue, zone: new Zone('UTC') }
    const letter = { to: ERIN, followup: 10 } as Letter
    return (await earlierIn(tx, letter, { ...about, role: 'submitter' })).map(({ quote }) => quote.text)
  }
  t.same(await quoted([{}, {}, {}, {}]), ['x', 'x', 'x'])
  t.same(await quoted([{}], {}, {}), [])
  t.same(await quoted([{}], { unconfirmed_watchers: [ERIN] }), [], 'anybody can name an unconfirmed watcher')
  t.same(await quoted([{ public: false }, { redacted: true }, { nothing_new: true }, { comment: ' ' }]), [])
  const joined = (field: string) => ({ changes: [{ field, from: null, to: 'Erin@example.net' }] })
  t.same(await quoted([{ ...joined('submitter_email'), comment: 'y' }, {}]), ['y'])
  t.same(await quoted([joined('title'), {}]), ['x', 'x'])
  const [first = '', ...others] = await quoted([{ comment: 'long line\n'.repeat(2000) }, {}])
  t.same(others, [])
  t.ok(first.length > 9 * 1024 && first.length <= 10 * 1024 + 2 && first.endsWith('\n…'), `${first.length}`)
})
