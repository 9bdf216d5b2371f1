import { simpleParser } from 'mailparser'
import t, { type Test } from 'tap'
import type { LinkVerb } from '../../../../daemon/mail/link_verbs.ts'
import { signedIdsOf } from '../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../data/secret.ts'
import type { Letter } from '../../../../data/tables.ts'
import { FRED, HELPDESK, type House, house, SUSAN } from '../../../house.ts'
import { kept } from '../kept.ts'
import { linksIn, type OpenedLink } from '../mailto_links.ts'
import { daysAgo, ERIN, EVE, type Fields, lettersToFred } from './proofs/letters_to_fred.ts'

const NO_CAP = 'limits.letters_per_address_hour = 1000\nlimits.letters_per_address_day = 1000'

/** The links of the newest letter to an address with this in it. */
async function linksOf(built: House, count: number, to: string, about: RegExp): Promise<OpenedLink[]> {
  const letters = (await built.letters(count)).filter(
    one => new RegExp(`^To: ${to}\\r$`, 'm').test(one) && about.test(one),
  )
  return linksIn((await simpleParser(letters.at(-1)!)).text ?? '')
}

async function answerTo(built: House, command: string): Promise<string> {
  const answer = await built.letter(new RegExp(`^Subject: Re: ${command}\\r$`, 'm'))
  return (await simpleParser(answer)).text ?? ''
}

async function linksOfAnswer(built: House, command: string): Promise<OpenedLink[]> {
  return linksIn(await answerTo(built, command))
}

function follow(built: House, { to, subject, text }: OpenedLink, more = '', from = FRED.address) {
  return built.mail({ from, to, subject, text: `${text}${more}` })
}

function byVerb(links: readonly OpenedLink[], verb: string): OpenedLink {
  return links.find(({ subject }) => subject.split(' ')[0] === verb)!
}

t.test('each link of a letter does what its label says, without a login', async t => {
  const built = await house(t)
  await built.susan('change_queue', { queue: 'support', new_ticket_cc: `${FRED.address}, desk@example.org` })
  await built.susan('create_ticket', { queue: '1', title: 'The printer', submitter_email: ERIN })
  const links = await linksOf(built, 3, FRED.address, /^X-Helpdesk-Event: opened/m)
  t.strictSame(
    links.map(({ label, subject }) => `${label} ${subject}`),
    [
      'Take it: take 1',
      'Write a private note: note 1',
      'Hold it until tomorrow: hold 1 until tomorrow',
      'Resolve it ("It is done."): resolve 1: It is done.',
    ],
  )
  const state = async () => (await kept(built.config.state_dir, 'tickets'))[0]!
  const last = async () => (await kept(built.config.state_dir, 'followups')).at(-1)!
  await follow(built, byVerb(links, 'take'), 'Sent from my phone')
  t.match(await state(), { assigned_to: 2 })
  await follow(built, byVerb(links, 'note'), 'Erin is in a hurry.')
  t.match(await last(), { comment: 'Erin is in a hurry.', public: false, author: { kind: 'user', user: 2 } })
  await follow(built, byVerb(links, 'hold'), 'The part comes tomorrow.')
  t.match(await state(), { on_hold: true, hold_until: /^\d{4}-/ })
  t.match(await last(), { comment: 'The part comes tomorrow.', public: false })
  await follow(built, byVerb(links, 'resolve'), 'It was only the plug.')
  t.match(await state(), { status: 3, on_hold: false, resolution: 'It is done.' })
  t.match(await last(), { comment: 'It was only the plug.', public: false, author: { user: 2 } })
  await follow(built, byVerb(links, 'resolve'), 'It was the plug again.')
  t.match(await last(), { comment: 'It was only the plug.' }, 'not twice')
  const again = await built.letter(/Nothing was done: ticket 1 is resolved already\./)
  const [keep] = linksIn((await simpleParser(again)).text ?? '')
  t.match(keep, { label: 'note 1', subject: 'note 1', text: 'It was the plug again.' })
  const photo = { filename: 'plug.jpg', content: 'x' }
  await built.mail({ from: FRED.address, to: keep!.to, subject: 'note 1', attachments: [photo] })
  t.match(await last(), { comment: '(This mail has no text.)', attachments: [{ filename: 'plug.jpg' }] })
  const proofs = (await kept(built.config.state_dir, 'mails')).map(({ proof, verdict }) => ({
    proof,
    verdict,
  }))
  const done = { proof: 'letter', verdict: 'command' }
  t.strictSame(proofs, [...Array(4).fill(done), { ...done, verdict: 'near_miss' }, done])
  const told = (await built.letters(9)).filter(one => /^To: erin@/m.test(one))
  t.equal(told.length, 2)
  t.match(told[1], /It is done\./)
  t.notMatch(told.join(), /plug|hurry|mailto:helpdesk\+[^yps]/)
  const ofDesk = await linksOf(built, 9, 'desk@example.org', /^X-Helpdesk-Event: opened/m)
  t.strictSame(
    ofDesk.map(({ label, subject }) => `${label} ${subject}`),
    ['Answer, in private: note 1'],
  )
  await follow(built, ofDesk[0]!, 'We have seen it, too.', 'desk@example.org')
  t.match(await last(), { comment: 'We have seen it, too.', public: false, author: { kind: 'submitter' } })
  const { text = '' } = await simpleParser((await built.letters(7)).find(one => /^To: desk@/m.test(one))!)
  await follow(built, ofDesk[0]!, `I quote:\n\n${text.replace(/^/gm, '> ')}\nSo it is.`, 'desk@example.org')
  for (const { comment } of await kept(built.config.state_dir, 'followups')) t.notMatch(comment, /\+n\./)
})

t.test('each link of an answer letter works, the one that takes back what was done first', async t => {
  const built = await house(t)
  await built.susan('create_ticket', { queue: '1', title: 'The printer', assigned_to: 'fred' })
  const state = async () => (await kept(built.config.state_dir, 'tickets'))[0]!
  const [, to = ''] = /^Reply-To: .*<(.*)>\r$/m.exec((await built.letters(1))[0]!) ?? []
  const steps: [string, RegExp, object][] = [
    ['hold 1', /^unhold 1$/, { on_hold: false }],
    ['priority 1 1', /^priority 1 3$/, { priority: 3 }],
    ['title 1: The copier', /^title 1: The printer$/, { title: 'The printer' }],
    ['due 1 2099-12-24', /^due 1 none$/, { due_date: null }],
    ['close 1', /^reopen 1$/, { status: 2 }],
    ['resolve 1: Done', /^reopen 1$/, { status: 2 }],
    ['assign 1 susan', /^assign 1 fred$/, { assigned_to: 2 }],
    ['watch 1 eve@example.net', /^unwatch 1 eve@example\.net$/, { watchers: [] }],
  ]
  for (const [command, undo, after] of steps) {
    await built.mail({ from: FRED.address, to, subject: command })
    const [first] = await linksOfAnswer(built, command)
    t.match(first, { label: undo, subject: undo }, command)
    await follow(built, first!)
    t.match(await state(), after, `the undo of ${command}`)
  }
  t.strictSame(
    new Set((await kept(built.config.state_dir, 'mails')).map(({ proof }) => proof)),
    new Set(['letter']),
  )
})

/** Mails to a link of a letter to fred that holds ticket 1, or of one of the same letter that resolves it, which do nothing. */
const ATTACKS: Record<string, (hold: string, resolve: string) => Partial<Fields>> = {
  'another verb': () => ({ subject: 'unhold 1' }),
  'a verb of another link': () => ({ subject: 'resolve 1: It is done.' }),
  'the verb in the address altered': hold => ({
    to: hold.replace('+h', '+d'),
    subject: 'resolve 1: It is done.',
  }),
  'the link as the key of the letter': hold => ({ to: hold.replace('+h', '+r') }),
  'the mark altered': hold => ({ to: hold.replace(/.(?=@)/, last => (last === 'a' ? 'b' : 'a')) }),
  'another ticket': () => ({ subject: 'hold 2 until tomorrow' }),
  'another ticket in the address': hold => ({
    to: hold.replace('+h.1.', '+h.2.'),
    subject: 'hold 2 until tomorrow',
  }),
  'another ticket, too': () => ({ subject: 'hold 1, 2 until tomorrow' }),
  'a batch': () => ({ subject: 'batch', text: 'hold 1\r\nresolve 1: x' }),
  'words in the subject': () => ({ subject: 'hold 1 until tomorrow: so it is' }),
  'the plain form with words': () => ({ subject: 'hold_ticket ticket=1 until=tomorrow reason=x' }),
  'a public answer': () => ({ subject: 'answer 1', text: 'Pay to this account.' }),
  'an answer': () => ({ subject: 'Re: [support-1] The printer', text: 'Pay to this account.' }),
  'an answer to the letter itself': () => ({
    subject: 'Re: [support-1] The printer',
    text: 'Pay to this account.',
    more: `In-Reply-To: ${OTHER.messageId}\r\n`,
  }),
  'commands in an answer': () => ({ subject: 'Re: [support-1] The printer', text: '/hold\r\n/private' }),
  'a resolution in the subject': (_, resolve) => ({
    to: resolve,
    subject: 'resolve 1: Pay to this account.',
  }),
  'a resolution in the text alone': (_, resolve) => ({
    to: resolve,
    subject: 'resolve 1',
    text: 'Pay here.',
  }),
  'a reply prefix': () => ({ subject: 'Re: hold 1 until tomorrow' }),
  'a stranger': () => ({ from: EVE }),
  'a colleague': () => ({ from: SUSAN.address }),
  'the submitter': () => ({ from: ERIN }),
  'two From': () => ({ from: `${FRED.address}\r\nFrom: ${EVE}` }),
  'a stranger in Cc': () => ({ more: `Cc: ${EVE}\r\n` }),
  'a colleague in Bcc': () => ({ more: `Bcc: ${SUSAN.address}\r\n` }),
  'a stranger in To': hold => ({ to: `${hold}, ${EVE}` }),
  'the key of the letter in Cc, too': hold => ({ more: `Cc: ${OTHER.key}\r\n`, recipients: [hold] }),
  'two links': (hold, resolve) => ({ more: `Delivered-To: ${resolve}\r\n`, recipients: [hold] }),
  'a machine': () => ({ more: 'Auto-Submitted: auto-generated\r\n' }),
  'a mailing list': () => ({ more: 'List-Id: <all.example.org>\r\n' }),
  'a link of an old letter': () => ({ to: OTHER.old }),
  'a link of a letter whose links are spent': () => ({ to: OTHER.linksSpent }),
  'a link of a letter whose key is spent': () => ({ to: OTHER.keySpent }),
  'a link of a letter to a colleague': () => ({ to: OTHER.ofSusan }),
  'a link of a letter to the submitter': () => ({ to: OTHER.ofErin }),
  'the same in the name of the submitter': () => ({ to: OTHER.ofErin, from: ERIN }),
  'a link of a letter to a CC address': () => ({ to: OTHER.ofDesk, from: 'desk@example.org' }),
  'a link of a letter that is not recorded': () => ({ to: OTHER.gone }),
}
/** What the daemon of the test fills in. */
const OTHER = {
  key: '',
  messageId: '',
  old: '',
  linksSpent: '',
  keySpent: '',
  ofSusan: '',
  ofErin: '',
  ofDesk: '',
  gone: '',
}

async function linksToFred(t: Test, others: readonly Partial<Letter>[] = []) {
  const its = await lettersToFred(t, others, NO_CAP)
  const signedIds = signedIdsOf(await openKeys(its.config.state_dir), HELPDESK, [])
  const linkOf = (id: number, verb: LinkVerb = 'hold') => signedIds.linkAddress({ id, ticket: 1 }, verb)!
  const used = () => Number.parseInt(/\+r\.1\.([0-9a-z]+)\./.exec(its.key())![1]!, 36)
  return { ...its, signedIds, linkOf, used }
}

t.test('no attack on a link does anything, and the same mail without it does', async t => {
  const others: Partial<Letter>[] = [
    { created: daysAgo(8) },
    { links_spent: true },
    { key_spent: true },
    { to: SUSAN.address },
    { to: ERIN },
    { to: 'desk@example.org' },
    { created: daysAgo(6) },
  ]
  const its = await linksToFred(t, others)
  const [old = '', linksSpent = '', keySpent = '', ofSusan = '', ofErin = '', ofDesk = '', young] =
    others.map((_, at) => its.linkOf(at + 1))
  const id = its.used()
  const messageId = its.signedIds.messageId({ id, ticket: 1 })
  const gone = its.linkOf(9999)
  Object.assign(OTHER, {
    old,
    linksSpent,
    keySpent,
    ofSusan,
    ofErin,
    ofDesk,
    gone,
    messageId,
    key: its.key(),
  })
  const state = async () => {
    const all = await its.tickets()
    const followups = await kept(its.config.state_dir, 'followups')
    return {
      tickets: all.slice(0, 2).map(({ status, on_hold, resolution, assigned_to, priority }) => {
        return { status, on_hold, resolution, assigned_to, priority }
      }),
      // What the submitter writes is public, whatever it was sent to.
      public: followups.filter(({ public: open, author }) => open && author.kind === 'user').length,
    }
  }
  const untouched = await state()
  const control = async (to: string) => {
    await its.send({ to, subject: 'hold 1 until tomorrow' })
    const { verdict, proof } = await its.lastMail()
    const held = (await its.tickets())[0]!.on_hold
    await its.susan('unhold_ticket', { ticket: '1' })
    return { verdict, proof, held }
  }
  const works = { verdict: 'command', proof: 'letter', held: true }
  for (const [what, attack] of Object.entries(ATTACKS)) {
    const one = its.used()
    const hold = its.linkOf(one)
    const fields = { to: hold, subject: 'hold 1 until tomorrow', ...attack(hold, its.linkOf(one, 'resolve')) }
    t.match(await its.send(fields), /^(?:250|550) /, what)
    t.strictSame(await state(), untouched, what)
    t.equal((await its.lastMail()).proof, undefined, what)
    t.strictSame(await control(its.linkOf(its.used())), works, `the control of: ${what}`)
  }
  t.strictSame(await control(young!), works, '6 days')
})

t.test('what a link does not prove is told, and a link that others know is spent', async t => {
  const its = await linksToFred(t)
  const id = its.used()
  await its.send({ to: its.linkOf(id), subject: 'hold 1 until friday', from: `Fred <${FRED.address}>` })
  t.match(await its.lastMail(), { proof: 'letter', verdict: 'command' }, 'another end of the hold')
  await its.send({ to: its.linkOf(id), subject: 'unhold 1' })
  t.match(
    (await its.lastMail()).reasons.join(),
    /it is that of a link, and the subject is not the command of that link/,
  )
  t.match(await its.send({ to: its.linkOf(id, 'unhold'), subject: 'unhold 1' }), /^250 /)
  t.match((await its.tickets())[0], { on_hold: false }, 'an attempt that nothing proves spends nothing')
  await its.send({ to: its.linkOf(id), subject: 'hold 1 until tomorrow', from: EVE })
  t.match(
    (await its.lastMail()).reasons.join(),
    /the keys of the links of letter \d+ to fred are spent, since/,
  )
  t.match(
    (await kept(its.config.state_dir, 'letters')).find(one => one.id === id),
    { links_spent: true },
  )
  await its.send({ to: its.linkOf(id, 'unhold'), subject: 'unhold 1' })
  t.match(await its.lastMail(), { proof: undefined })
  t.match(
    (await its.notices()).map(({ notice }) => notice),
    [{ is: 'key', ticket: 1, is_link: true }],
  )
  await its.send({ to: its.keyOf(its.letterWith({ id })), subject: 'hold 1' })
  t.match(await its.lastMail(), { proof: 'letter', verdict: 'command' }, 'the letter can still be answered')
})

t.test('a mail that was nearly a command is answered with links that repair it or keep it', async t => {
  const built = await house(t)
  await built.susan('create_ticket', { queue: '1', title: 'The printer' })
  const send = (mail: Partial<Parameters<House['mail']>[0]>) =>
    built.mail({ subject: 'hodl 1', text: 'The part\nis missing.', login: SUSAN, ...mail })
  await send({})
  const first = await linksOfAnswer(built, 'hodl 1')
  t.strictSame(
    first.map(({ label }) => label),
    ['hold 1', 'create support: hodl 1', 'help'],
  )
  t.match(first[0]!.to, /^helpdesk\+r\./, 'that works without a login')
  await follow(built, first[0]!, '', SUSAN.address)
  t.match((await kept(built.config.state_dir, 'tickets'))[0], { on_hold: true })
  t.match((await kept(built.config.state_dir, 'followups')).at(-1), { comment: 'The part\nis missing.' })
  const filed = first[1]!
  await built.mail({ to: filed.to, subject: filed.subject, text: filed.text, login: SUSAN })
  t.match((await kept(built.config.state_dir, 'tickets'))[1], { title: 'hodl 1', submitter_email: null })
  await built.mail({ from: SUSAN.address, to: first[0]!.to, subject: 'unhodl 1', text: 'x'.repeat(1000) })
  const [meant, link] = await linksOfAnswer(built, 'unhodl 1')
  t.match(meant, { label: 'unhold 1', to: /^helpdesk\+r\./ })
  t.match(await answerTo(built, 'unhodl 1'), /^To add your mail as a private note \(without its files/m)
  t.match(link, { label: 'note 1', subject: 'note 1', text: /^unhodl 1\r\n\r\nx{400}$/ })
  await follow(built, link!, '', SUSAN.address)
  t.match((await kept(built.config.state_dir, 'followups')).at(-1), {
    comment: /^unhodl 1\n\nx{400}$/,
    public: false,
  })
  const key = first[0]!.to
  for (const [at, [text, ...wanted]] of SLASHES.entries()) {
    await built.mail({ from: SUSAN.address, to: key, subject: `Re: The printer ${at}`, text })
    const offered = (await linksOfAnswer(built, `The printer ${at}`)).filter(({ label }) => label !== 'help')
    const usual = offered.filter(one => one.text !== '' || wanted.some(([label]) => one.label === label))
    t.strictSame(
      usual.map(one => [one.label, one.text]),
      wanted,
      text,
    )
  }
  await built.mail({ from: SUSAN.address, to: key, subject: 'hold' })
  t.match((await linksOfAnswer(built, 'hold'))[0], { label: 'hold 1' }, 'the key says which ticket is meant')
})

/** Answers that are refused, with the label and the text of each link that repairs them or keeps their words. */
const SLASHES: readonly [string, ...[string, string][]][] = [
  ['/holdd until friday\n\nWe wait.', ['hold 1 until friday', 'We wait.'], ['note 1', 'We wait.']],
  ['/asign fred', ['assign 1 fred', '']],
  ['/take\n/asign fred\n\nWe wait.', ['note 1', 'We wait.']],
  ['/assign nobody\n\nWe wait.', ['note 1', 'We wait.']],
  ['hold until friday\n\nWe wait.', ['hold 1 until friday', 'We wait.'], ['note 1', 'We wait.']],
  ['We wait.\n/resolve', ['note 1', 'We wait.\r\n/resolve']],
  ['/resolve\n/private\n\nWe wait.', ['note 1', 'We wait.']],
]

t.test('several commands are answered by a transcript', async t => {
  const built = await house(t)
  for (const title of ['One', 'Two']) await built.susan('create_ticket', { queue: '1', title })
  await built.mail({ subject: 'batch', text: 'hold 1 until 2099-12-24\npriority 2 1', login: SUSAN })
  const text = await answerTo(built, 'batch')
  t.match(
    text,
    /^"hold 1 until 2099-12-24"\nTicket 1 is on hold .*\n\n"priority 2 1"\nTicket 2 has priority 1\.\n\n\[support-1\] One\n/,
  )
  t.match(text, /\nTo undo that:\nunhold 1\n<.*\npriority 2 3\n<mailto:helpdesk@helpdesk/)
  const wrong = { subject: 'test batch!', text: 'hold 1\npriorty 2 1\n-- \nSusan', login: SUSAN }
  await built.mail(wrong)
  const [right] = await linksOfAnswer(built, 'test batch!')
  t.match(right, { label: 'test batch', subject: 'test batch', text: 'hold 1\r\npriority 2 1' })
  await built.mail({
    ...wrong,
    subject: 'batch',
    text: `priorty 2 1\n${'hold 1\n'.repeat(45)}\n` + `note 1: ${'x'.repeat(200)}`,
  })
  const part = await built.letter(/^Subject: Re: batch\r$[\s\S]*Nothing was done\. Line 1/m)
  t.notMatch(part, /If you meant this/, 'a part of a batch is no batch')
})

t.test('without keys, letters to staff have no links, and those of answers go to the helpdesk', async t => {
  for (const more of ['mail.plus = false', 'commands.proofs = ["smtp-auth"]']) {
    const built = await house(t, more)
    await built.susan('create_ticket', { queue: '1', title: 'The printer', assigned_to: 'fred' })
    t.strictSame(await linksOf(built, 1, FRED.address, /^X-Helpdesk-Event: opened/m), [])
    await built.mail({ subject: 'hold 1', login: SUSAN })
    const links = await linksOfAnswer(built, 'hold 1')
    t.ok(links.length > 2)
    t.ok(links.every(({ to }) => to === HELPDESK))
  }
})
