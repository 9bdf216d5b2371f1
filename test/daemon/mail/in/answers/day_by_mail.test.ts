// One thing: a day of three agents, each step beside what becomes of its words.
import type { ParsedMail } from 'mailparser'
import t from 'tap'
import type { Letter } from '../../../../../data/tables.ts'
import { queue, user } from '../../../../data/records.ts'
import { FRED, furnishUsually, house, SUPPORT, SUSAN } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { sentLetter } from '../../sent_letter.ts'
import { rawMailer } from '../../wire.ts'
import { MAIL_PROGRAMS } from './mail_programs.ts'

const PEOPLE: Readonly<Record<string, string>> = {
  susan: SUSAN.address,
  fred: FRED.address,
  tom: 'tom@example.org',
}
const NO_CAPS = ['letters_per_address_hour', 'letters_per_address_day', 'letters_hour']
  .map(cap => `limits.${cap} = 1000`)
  .join('\n')
/** By the numbers of users. */
const NAMES = [null, ...Object.keys(PEOPLE)]
const TICKETS = 10

/** An answer to the newest letter about a ticket to somebody, who is `guest` for its submitter, and what becomes of its words. */
type Step = readonly [
  who: string,
  program: keyof typeof MAIL_PROGRAMS,
  ticket: number,
  words: string,
  become: 'public' | 'private' | 'refused',
]

const STEPS: readonly Step[] = [
  ['susan', 'gmail', 1, 'We bring a lamp to the cellar.', 'public'],
  ['guest', 'gmail', 1, 'The lamp is here, and it is too bright.', 'public'],
  ['susan', 'outlook', 1, '/resolve\nThe second lamp is weaker.', 'public'],
  ['fred', 'outlook', 2, '/hold until friday: the shop owes us money\nDo not tell the guest.', 'private'],
  ['fred', 'outlook', 2, '/unhold\n/priority 2', 'private'],
  ['tom', 'iphone', 3, 'The door opens with a stronger push.', 'public'],
  ['tom', 'iphone', 3, '/assign Susan.', 'private'],
  ['susan', 'mutt', 3, 'This guest breaks every door.', 'private'],
  ['fred', 'mutt', 4, 'Which window do you mean?', 'public'],
  ['guest', 'mutt', 4, 'The one above the stairs.', 'public'],
  ['fred', 'mutt', 4, '/private\nThat window is not ours.', 'private'],
  ['fred', 'mutt', 4, '/resolve – The owner of the window repairs it.', 'public'],
  ['susan', 'outlook', 5, '/resolve\nThe printer has paper again.', 'public'],
  ['guest', 'iphone', 5, 'Thank you!', 'public'],
  ['fred', 'iphone', 6, '/take\n/priority 1', 'private'],
  ['fred', 'iphone', 6, 'We switch the heating on at noon.', 'public'],
  ['tom', 'gmail', 7, 'Your badge is at the gate.', 'public'],
  ['guest', 'outlook', 7, 'The gate is closed on Sundays.', 'public'],
  ['tom', 'gmail', 7, 'It opens for you this Sunday.', 'public'],
  ['tom', 'gmail', 7, '/close\nThe gatekeeper was bribed.', 'private'],
  ['susan', 'mutt', 8, '/assign fred\nFred comes to your desk.', 'public'],
  ['susan', 'mutt', 8, '/assign tom', 'private'],
  ['tom', 'outlook', 8, 'I have no time for desks.', 'private'],
  ['tom', 'gmail', 8, '/hold until answer: the guest must measure the desk', 'private'],
  ['guest', 'mutt', 8, 'The desk is two metres wide.', 'public'],
  ['tom', 'iphone', 9, '/resolv\nThe tap drips no more.', 'refused'],
  ['tom', 'iphone', 9, '/resolve: The tap has a new seal.', 'public'],
  ['fred', 'gmail', 10, 'Hold', 'refused'],
  ['fred', 'gmail', 10, 'The lift stops today.\n\n/private\n\nIts cable is rotten.', 'refused'],
  ['fred', 'gmail', 10, 'The lift stops for a test.', 'public'],
  ['susan', 'iphone', 10, '/private\nThe test is about the cable.', 'private'],
  ['susan', 'gmail', 10, '/hold until 24 dec: the cable comes by ship', 'private'],
]

/** In the evening: its status, whether it is on hold, its owner and its priority. */
const EVENING = [
  [3, false, 'susan', 3],
  [1, false, null, 2],
  [1, false, 'susan', 3],
  [3, false, 'fred', 3],
  [3, false, null, 3],
  [1, false, 'fred', 1],
  [4, false, 'tom', 3],
  [1, false, 'tom', 3],
  [3, false, null, 3],
  [1, true, 'fred', 3],
]

t.test('three agents work a day by mail, and nobody logs in', async t => {
  const { config, daemon, directory } = await house(t, NO_CAPS, async tx => {
    await furnishUsually(tx)
    await tx.put('queues', {
      ...queue({ email_address: SUPPORT }),
      id: 1,
      new_ticket_cc: Object.values(PEOPLE),
    })
    await tx.add('users', user({ username: 'tom', full_name: '', addresses: [PEOPLE.tom!] }))
  })
  const send = await rawMailer(t, daemon.smtpPort)
  const written = () => kept(config.state_dir, 'letters')
  const newest = async (address: string, about: number) => {
    const isIts = ({ event, to, ticket }: Letter) =>
      event !== 'answered' && to === address && ticket === about
    const { id } = (await written()).findLast(isIts)!
    return sentLetter({ directory }, id)
  }
  for (let ticket = 1; ticket <= TICKETS; ticket++) {
    const address = guest(ticket)
    const raw = `From: Guest ${ticket} <${address}>\r\nTo: ${SUPPORT}\r\nSubject: Room ${ticket}\r\nMessage-ID: <first.${ticket}@guest.example>\r\nDate: Fri, 27 Nov 2026 09:00:00 +0000\r\n\r\nSomething is wrong in room ${ticket}.\r\n`
    t.match(await send({ raw, from: address, to: SUPPORT }), /^250/)
  }
  for (const [number, [who, program, ticket, words]] of STEPS.entries()) {
    const address = who === 'guest' ? guest(ticket) : PEOPLE[who]!
    const letter = await newest(address, ticket)
    const raw = MAIL_PROGRAMS[program]({ letter, from: { name: who, address }, words, number })
    const to = letter.replyTo!.value[0]!.address!
    t.match(await send({ raw, from: address, to }), /^250/, words)
  }
  const all = await Promise.all((await written()).map(({ id }) => sentLetter({ directory }, id)))
  for (let ticket = 1; ticket <= TICKETS; ticket++)
    t.strictSame(readBy(all, guest(ticket)), meantFor(ticket), `what guest ${ticket} reads`)
  const evening = await kept(config.state_dir, 'tickets')
  t.strictSame(
    evening.map(({ status, on_hold, assigned_to, priority }) => [
      status,
      on_hold,
      NAMES[assigned_to ?? 0],
      priority,
    ]),
    EVENING,
  )
  const followups = await kept(config.state_dir, 'followups')
  for (const [, , about, words, become] of STEPS) {
    const found = followups.filter(({ ticket, comment }) => ticket === about && hasAll(comment, words))
    const expected = become === 'refused' ? [] : [become === 'public']
    if (sentences(words).length > 0)
      t.strictSame(
        found.map(one => one.public),
        expected,
        words,
      )
  }
})

/** The words of a step without its commands. */
function sentences(words: string): string[] {
  return words
    .split('\n')
    .map(line => line.replace(/^\/[^:–]*(?:[:–] |$)/, ''))
    .filter(line => line !== '')
}

function hasAll(comment: string, words: string): boolean {
  return sentences(words).every(sentence => comment.split('\n').includes(sentence))
}

function guest(ticket: number): string {
  return `guest${ticket}@guest.example`
}

/** How often each sentence of the day, and each command, stands in the letters to an address, without those that do not. */
function readBy(all: readonly ParsedMail[], address: string): Record<string, number> {
  const mine = all.filter(({ to }) => [to].flat()[0]?.value[0]?.address === address)
  const texts = mine.map(({ subject, text = '' }) => `${subject}\n${text}`)
  // The same is in the HTML.
  const pages = mine.map(({ html }) => html || '')
  const timesIn = (read: readonly string[], words: string) =>
    read.join('\n').replace(/\s+/g, ' ').split(words).length - 1
  const said = new Set(
    STEPS.flatMap(([, , , words]) => [...sentences(words), ...(words.match(/^\/.*/gm) ?? [])]),
  )
  const counts = [...said].map(
    words => [words, Math.max(timesIn(texts, words), timesIn(pages, words))] as const,
  )
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

/** Once each: what agents have written for a submitter. */
function meantFor(ticket: number): Record<string, number> {
  const meant = STEPS.filter(([who, , about, , become]) => {
    return about === ticket && who !== 'guest' && become === 'public'
  })
  return Object.fromEntries(meant.flatMap(([, , , words]) => sentences(words).map(one => [one, 1])))
}
