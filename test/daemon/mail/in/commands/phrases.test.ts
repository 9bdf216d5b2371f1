// One thing: mails as people type them, sent to one daemon, and what became of each in words.
import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { signedIdsOf } from '../../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../../data/secret.ts'
import type { Reader } from '../../../../../data/store.ts'
import type { Ticket } from '../../../../../data/tables.ts'
import { followup, letter, ticket, user } from '../../../../data/records.ts'
import { FRED, furnishUsually, HELPDESK, house } from '../../../../house.ts'
import { keptAll } from '../../kept.ts'
import { NO_LETTERS } from '../../no_letters.ts'
import { rawMailer } from '../../wire.ts'

/**
 * What agents type on phones and in Outlook: a subject, or the answer to a letter about ticket N (`reply`), with the verdict, what it does
 * and the first line of the answer. M is another ticket. UPDATE_PHRASES=1 rewrites the outcomes; read them before you commit them.
 */
const FIXTURE = 'test/daemon/mail/in/commands/phrases.txt'
const ERIN = 'erin@example.net'
const OPENED = { event: 'opened', to: FRED.address, state: 'sent' } as const
const STATUS = ['', 'open', 'reopened', 'resolved', 'closed', 'a duplicate']
const USERS = ['', 'susan', 'fred', 'tom']
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  flowed: 'text/plain; charset=utf-8; format=flowed',
}
const OUTCOMES = ['verdict', 'does', 'answer']
const DAY = /[A-Z][a-z]+day, \d{1,2} [A-Z][a-z]+(?: \d{4})?/g

/** One mail: its lines in the file. `text`, `html` and `flowed` are bodies, with JSON escapes. */
interface Phrase {
  readonly lines: readonly string[]
  readonly said: ReadonlyMap<string, string>
}

function phraseOf(block: string): Phrase {
  const lines = block.split('\n').filter(line => !OUTCOMES.includes(line.split(' ')[0]!))
  return { lines, said: new Map(lines.map(line => [line.split(' ')[0]!, line.replace(/^\S+ +/, '')])) }
}

/** Its number gives the two tickets that it may be about. */
function numbered(index: number) {
  return { n: 2 * index + 1, m: 2 * index + 2 }
}

/** The raw mail; `letter` is what it answers. */
function mailOf({ said }: Phrase, index: number, letter: { to: string; id: string }) {
  const { n, m } = numbered(index)
  const written = (text: string) =>
    (JSON.parse(`"${text.replaceAll('"', '\\"')}"`) as string)
      .replace(/(?<![A-Z])N(?![A-Za-z])/g, `${n}`)
      .replace(/(?<![A-Z])M(?![A-Za-z])/g, `${m}`)
  const [kind = 'text', body = ''] = [...said].find(([name]) => name !== 'subject')?.map(written) ?? []
  const isReply = !said.has('subject')
  const subject = written(said.get('subject') ?? 'Re: [support-N] The lamp')
  const type = TYPES[kind] ?? 'text/plain; charset=utf-8'
  const to = isReply ? letter.to : HELPDESK
  const header = [
    `From: Fred <${FRED.address}>`,
    `To: ${to}`,
    `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
    `Date: Fri, 27 Nov 2026 10:00:00 +0000`,
    `Message-ID: <phrase.${n}@example.org>`,
    ...(isReply ? [`In-Reply-To: ${letter.id}`] : []),
    'MIME-Version: 1.0',
    `Content-Type: ${type}`,
    'Content-Transfer-Encoding: 8bit',
  ]
  return { raw: `${header.join('\r\n')}\r\n\r\n${body}`, from: FRED.address, to }
}

t.test('phrases as people type them', async t => {
  const written = readFileSync(FIXTURE, 'utf8')
  const phrases = written.trimEnd().split('\n\n').map(phraseOf)
  const created = new Date().toISOString()
  const { config, daemon } = await house(t, NO_LETTERS, async tx => {
    await furnishUsually(tx)
    await tx.add('users', user({ username: 'tom', addresses: ['tom@example.org'] }))
    for (const index of phrases.keys())
      for (const id of Object.values(numbered(index))) {
        await tx.add('tickets', ticket({ title: 'The lamp', submitter_email: ERIN, created }))
        await tx.add(
          'followups',
          followup({ ticket: id, public: true, comment: 'It is dark.', date: created }),
        )
        await tx.add('letters', letter({ ...OPENED, ticket: id, followup: id, created, due: created }))
      }
  })
  const signed = signedIdsOf(await openKeys(config.state_dir), HELPDESK, [])
  const send = await rawMailer(t, daemon.smtpPort, FRED)
  for (const [index, phrase] of phrases.entries()) {
    const { n } = numbered(index)
    const ids = { id: n, ticket: n }
    const answered = { to: signed.keyAddress(ids)!, id: signed.messageId(ids) }
    t.match(await send(mailOf(phrase, index, answered)), /^250/, phrase.lines.join('\n'))
  }
  const all = await keptAll(config.state_dir)
  const outcomes = await Promise.all(phrases.map((_, index) => outcomeOf(all, index, phrases.length)))
  const found = phrases.map(({ lines }, index) => [...lines, ...outcomes[index]!].join('\n')).join('\n\n')
  if (process.env.UPDATE_PHRASES) writeFileSync(FIXTURE, `${found}\n`)
  t.equal(`${found}\n`, readFileSync(FIXTURE, 'utf8'))
})

/** What became of a mail, in lines. */
async function outcomeOf(all: Reader, index: number, count: number): Promise<string[]> {
  const { n, m } = numbered(index)
  const [mail] = await all.find('mails', { message_id: `<phrase.${n}@example.org>` })
  if (!mail) return ['verdict none']
  const fresh = [...new Set(mail.tickets)].filter(id => id > 2 * count)
  const named = (text: string) =>
    text
      .replace(DAY, 'DAY')
      .replace(/^#\d+ .*/, '#…')
      .replace(new RegExp(`(?<!\\d)${n}(?!\\d)`, 'g'), 'N')
      .replace(new RegExp(`(?<!\\d)${m}(?!\\d)`, 'g'), 'M')
      .replace(new RegExp(`\\b${fresh[0] ?? 'none'}\\b`, 'g'), 'NEW')
  const did: string[] = []
  const about = [n, m, ...fresh]
  for (const id of about) {
    const one = (await all.get('tickets', id))!
    did.push(...(fresh.includes(id) ? [`NEW ${JSON.stringify(one.title)}`] : stateOf(one)))
    for (const { id: number, comment, public: open } of await all.find('followups', { ticket: id }))
      if (number > 2 * count && comment !== '')
        did.push(`${open ? 'public' : 'private'} ${JSON.stringify(comment)}`)
  }
  const letters = (await all.find('letters', {})).filter(({ id }) => id > 2 * count)
  const told = letters.filter(({ event, ticket }) => event !== 'answered' && about.includes(ticket!))
  if (told.length > 0)
    did.push(`mails ${[...new Set(told.map(({ to }) => to.split('@')[0]))].sort().join(' and ')}`)
  const { answer, notice } = letters.find(letter => letter.answer?.message_id === mail.message_id) ?? {}
  // The state of all tickets is written when the letter is sent.
  const line = notice?.is === 'status' ? '#…' : named(answer?.sentences[0]?.split('\n')[0] ?? '')
  return [`verdict ${mail.verdict}`, `does ${named(did.join(', ')) || 'nothing'}`, `answer ${line || 'none'}`]
}

function stateOf({ id, on_hold, hold_until, status, assigned_to, priority }: Ticket): string[] {
  return [
    ...(on_hold ? [`${id} on hold${hold_until ? ' until a day' : ''}`] : []),
    ...(status === 1 ? [] : [`${id} ${STATUS[status]}`]),
    ...(assigned_to === null ? [] : [`${id} of ${USERS[assigned_to]}`]),
    ...(priority === 3 ? [] : [`${id} has priority ${priority}`]),
  ]
}
