import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Followup } from '../../../../data/tables.ts'
import { type House, house, SUPPORT, SUSAN } from '../../../house.ts'
import { kept } from '../kept.ts'

const ERIN = 'erin@example.net'
const QUOTE =
  '\n\nOn Tue, 24 Nov 2026 at 10:00, Support <support@helpdesk.example> wrote:\n> We are on it.\n> Susan\n'
const IMAGE = Buffer.from('89504e470d0a1a0a0000000d', 'hex')

async function newest({ config }: House): Promise<Followup> {
  return (await kept(config.state_dir, 'followups')).at(-1)!
}
async function statusOf({ config }: House): Promise<number> {
  return (await kept(config.state_dir, 'tickets'))[0]!.status
}

t.test('an answer loses its quote and its signature; the first mail of a ticket loses nothing', async t => {
  const built = await house(t)
  const first = `It burns.${QUOTE}-- \nErin`
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'Fire', text: first })
  t.match(await newest(built), { comment: first, original: undefined })
  await built.susan('assign', { ticket: '1', assigned_to: 'fred' })

  const answer = `It burns still.${QUOTE}`
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'Re: [support-1] Fire', text: answer })
  const { comment, original } = await newest(built)
  t.equal(comment, 'It burns still.')
  t.match(original, { filename: 'original.txt', mime_type: 'text/plain', size: answer.trimEnd().length })

  // The letter about it has the new words only.
  const [letter] = (await built.letters(4)).slice(-1)
  t.notMatch(letter, /It burns still[\s\S]*We are on it/)

  const got = await built.susan('get_original', { ticket: '1', followup: '3' })
  t.equal(got.body, answer.trimEnd())
  t.match(got.headers.get('content-disposition'), /original\.txt/)
  t.match((await built.shell('original', '1', 'followup', '3')).says, /^original\.txt has \d+ bytes\.$/)
  t.match((await built.shell('show', '1')).says, /It burns still\.\nOriginal: original\.txt \(\d+ bytes\)/)
  await built.mail({ from: SUSAN.address, subject: 'original 1 followup 3', login: SUSAN })
  t.match((await built.letters(5)).at(-1), /original\.txt has \d+ bytes\.[\s\S]*filename=original\.txt/)
  t.match(await built.susan('get_original', { ticket: '1', followup: '1' }), {
    status: 404,
    body: 'Follow-up 1 of ticket 1 has no original: its text is as it was written.',
  })

  await built.susan('redact', { ticket: '1', followup: '3' })
  const [, , redacted] = await kept(built.config.state_dir, 'followups')
  t.match(redacted, { comment: /removed/, original: undefined })
})

t.test('HTML becomes text, and is kept as the original as long as the ticket', async t => {
  const built = await house(t)
  const html = '<p>Das Öl <b>brennt</b>.</p>'
  const headers = { 'Content-Type': 'text/html; charset=utf-8' }
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'Fire', text: html, headers })
  const { comment, original, attachments } = await newest(built)
  t.equal(comment, 'Das Öl brennt.')
  t.same(attachments, [])
  t.match(original, { filename: 'original.html', mime_type: 'text/html' })
  t.equal((await built.susan('get_original', { ticket: '1', followup: '1' })).body.trim(), html)
  const files = () =>
    readdirSync(join(built.config.state_dir, 'files'), { recursive: true, encoding: 'utf8' })
  t.ok(files().some(path => path.endsWith(original!.file)))
  await built.susan('delete_ticket', { ticket: '1', confirm: 'y' })
  t.notOk(files().some(path => path.endsWith(original!.file)))
})

t.test('an answer with nothing new is kept whole, tells nobody and reopens nothing', async t => {
  const built = await house(t)
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'Fire', text: 'It burns.' })
  await built.susan('assign', { ticket: '1', assigned_to: 'fred' })
  await built.susan('resolve', { ticket: '1', resolution: 'Out.' })
  const before = (await kept(built.config.state_dir, 'letters')).length
  const empty = `${QUOTE}\nSent from my iPhone\n`
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'Re: [support-1] Fire', text: empty })
  t.match(await newest(built), { comment: empty.trim(), nothing_new: true, original: undefined })
  t.equal(await statusOf(built), 3)
  t.equal((await kept(built.config.state_dir, 'letters')).length, before)
  t.match((await built.shell('show', '1')).says, /\(Nothing new: only a quote or a signature\.\)/)

  // A picture is something new.
  const attachments = [{ filename: 'fire.png', content: IMAGE }]
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'Re: [support-1] Fire', text: empty, attachments })
  t.equal(await statusOf(built), 2)
})

t.test('an answer whose file is left out is not without news', async t => {
  const built = await house(t, 'limits.attachment = 1000')
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'Fire', text: 'It burns.' })
  await built.susan('resolve', { ticket: '1', resolution: 'Out.' })
  const attachments = [{ filename: 'film.mp4', content: Buffer.alloc(2000) }]
  await built.mail({ from: ERIN, to: SUPPORT, subject: 'Re: [support-1] Fire', text: QUOTE, attachments })
  t.match(await newest(built), { comment: /"film\.mp4" \(2000 bytes\)/, nothing_new: undefined })
  t.equal(await statusOf(built), 2)
})

t.test('a small image that the sender has sent before in the ticket hangs there once', async t => {
  const built = await house(t)
  const attachments = [{ filename: 'logo.png', content: IMAGE }]
  const say = (subject: string, from = ERIN) =>
    built.mail({ from, to: SUPPORT, subject, text: subject, attachments })
  await say('Fire')
  await say('Re: [support-1] Fire')
  t.same((await newest(built)).attachments, [])
  t.equal((await newest(built)).comment, 'Re: [support-1] Fire', 'no line names it')
  await say('Re: [support-1] Fire', SUSAN.address)
  t.match((await newest(built)).attachments, { length: 1 }, 'from somebody else')
})

t.test('a file over the limit is left out, a line names it and its size, and the mail is taken', async t => {
  const built = await house(t, 'limits.attachment = 1048576')
  const attachments = [
    { filename: 'small.bin', content: Buffer.alloc(10) },
    { filename: 'big.bin', content: Buffer.alloc(1_100_000) },
  ]
  for (const login of [undefined, SUSAN]) {
    await built.mail({
      from: SUSAN.address,
      to: SUPPORT,
      subject: 'Plan',
      text: 'See it.',
      attachments,
      ...(login ? { login } : {}),
    })
    t.match(await newest(built), {
      comment:
        'Files of more than 1048576 bytes are not kept here. Left out: "big.bin" (1100000 bytes).\n\nSee it.',
      attachments: [{ filename: 'small.bin' }],
    })
  }
})
