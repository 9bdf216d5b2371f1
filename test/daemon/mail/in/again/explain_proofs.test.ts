import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { proofFile } from '../../../../../daemon/commands/why_file.ts'
import { FRED, HELPDESK, house, SUSAN } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { asking } from '../confirm/asking.ts'

const RELAY = `commands.proofs = ["smtp-auth", "letter", "token", "relay"]
commands.relays = ["192.0.2.7"]
commands.relay_authserv_id = "mx.example.org"`

t.test('it says what each proof makes of the mail in a file, and shows no token', async t => {
  const its = await house(t, RELAY)
  const token = (await its.susan('issue_token', { username: 'fred', label: 'x' })).body
  const path = join(its.directory, 'a.eml')
  const proof = async (from: string, ip?: string, more = '') => {
    const to = HELPDESK.replace('@', `+${token}@`)
    const raw = `Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\nReceived: a\nFrom: ${from}\nTo: ${to}\nSubject: hold 1\nDate: ${new Date().toUTCString()}\nMessage-ID: <a@example.org>\n${more}\nLater.\n`
    writeFileSync(path, raw)
    return (await proofFile(its.config, its.events, ip === undefined ? [path] : [path, '--ip', ip])).says
  }
  t.equal(
    await proof(FRED.address, '192.0.2.7'),
    `Its From is fred@example.org: the user fred.
smtp-auth: not used: a mail in a file has no login.
letter: not used: it does not go to the reply address of a letter.
token: proves that it is from fred, with token 1.
confirm: off (commands.proofs).
relay: proves that it is from fred.`,
  )
  const susans = await proof(SUSAN.address, '192.0.2.8')
  t.match(
    susans,
    'token: proves nothing: its address with a token proves nothing: the token is that of fred, who does not have the address susan@example.org.',
  )
  t.match(susans, /relay: not used: /)
  t.match(
    await proof(FRED.address, undefined, `From: ${FRED.address}\n`),
    /the field from appears more than once\.$/,
  )
  t.match(await proof(FRED.address, 'mx'), 'ip: this is not an IP address; give one like 192.0.2.7.')
  await t.rejects(proofFile(its.config, its.events, []), { message: /^Write: proof FILE \[--ip ADDRESS\]/ })
  t.notMatch(susans, token)
  t.same(await kept(its.config.state_dir, 'mails'), [], 'nothing is recorded')
})

t.test('it says what a mail is to the proof that its user gives afterwards', async t => {
  const its = await asking(t)
  const path = join(its.directory, 'a.eml')
  const confirm = async (subject: string, text = '', more: Record<string, string> = {}) => {
    const fields = {
      From: FRED.address,
      To: HELPDESK,
      Subject: subject,
      Date: new Date().toUTCString(),
      ...more,
    }
    const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`)
    writeFileSync(path, `${head.join('')}Message-ID: <a@example.org>\n\n${text}\n`)
    const { says } = await proofFile(its.config, its.events, [path])
    return says.split('\n').find(line => line.startsWith('confirm: '))
  }
  t.equal(
    await confirm('hold 1'),
    'confirm: proves nothing yet: a letter would ask fred about its command, or say why not.',
  )
  const nothing = 'confirm: not used: it has no command of a person, or From is the address of no user.'
  t.equal(await confirm('The lamp'), nothing)
  t.equal(await confirm('hold 1', '', { From: 'eve@evil.example' }), nothing)
  const { key, subject, letter } = await its.asked({ subject: 'hold 1' })
  const about = `it answers letter ${letter.id}`
  t.equal(
    await confirm(`Re: ${subject}`, 'yes', { To: key }),
    `confirm: proves that it is from fred: ${about} with yes.`,
  )
  t.equal(
    await confirm(`Re: ${subject}`, 'Sure', { To: key }),
    `confirm: proves nothing: ${about}, its first line is not the word yes.`,
  )
  t.notOk(await its.isHeld(1))
})
