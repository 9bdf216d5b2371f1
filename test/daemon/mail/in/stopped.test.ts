import { simpleParser } from 'mailparser'
import t from 'tap'
import { signedIdsOf } from '../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../data/secret.ts'
import { HELPDESK, house, SUPPORT, type TestMail, until } from '../../../house.ts'
import { kept } from '../kept.ts'
import { linksIn } from '../mailto_links.ts'

const ERIN = 'erin@example.net'
const MALLORY = 'mallory@example.com'

t.test('a submitter stops the letters about a ticket by a link, and nobody else does so unseen', async t => {
  const { mail, susan, letters, letter, shell, config } = await house(t)
  await mail({ from: ERIN, to: SUPPORT, subject: 'The printer', text: 'It burns.' })
  await susan('take', { ticket: '1' })
  await susan('resolve', { ticket: '1', resolution: 'The fuse was changed.' })
  const resolved = await simpleParser(await letter(/^X-Helpdesk-Event: resolved\r?$/m))
  const link = linksIn(resolved.text ?? '').find(({ label }) => label === 'Stop these mails:')!
  const isStopped = async () => (await kept(config.state_dir, 'tickets'))[0]!.submitter_stopped ?? false
  const confirmations = async () =>
    (await kept(config.state_dir, 'letters')).filter(({ event }) => event === 'stopped').map(({ to }) => to)
  const write = (changed: Partial<TestMail> = {}) =>
    mail({ from: ERIN, to: link.to, subject: link.subject, ...changed })
  const undo = () => mail({ from: ERIN, to: SUPPORT, subject: 'Re: [support-1]', text: '' })

  const ids = signedIdsOf(await openKeys(config.state_dir), HELPDESK, [])
  const attacks: readonly [string, Partial<TestMail>, boolean][] = [
    ['a machine', { headers: { 'Auto-Submitted': 'auto-replied' } }, false],
    ['a link that was altered', { to: link.to.replace(/.(?=@)/, last => (last === 'a' ? 'b' : 'a')) }, false],
    ['the link beside another address of ours', { to: [link.to, SUPPORT], text: 'And the fan?' }, false],
    ['a link that somebody else got', { to: ids.stopAddress(1, MALLORY)! }, false],
    ['the link of another ticket', { to: ids.stopAddress(2, ERIN)! }, false],
    ['a stranger with a forwarded letter', { from: MALLORY }, true],
    ['the submitter, in other letters', { from: 'Erin@EXAMPLE.net', to: link.to.toUpperCase() }, true],
  ]
  for (const [name, changed, stops] of attacks) {
    const before = await confirmations()
    // An address of ours that was altered is unknown.
    await write(changed).catch(() => '')
    t.equal(await isStopped(), stops, name)
    t.same((await confirmations()).slice(before.length), stops ? [ERIN] : [], `${name}: who is told`)
    await undo()
    t.equal(await isStopped(), false, `${name}: the submitter writes again`)
  }

  const confirmation = await simpleParser(await letter(/^X-Helpdesk-Event: stopped\r?$/m))
  t.match(
    confirmation.text,
    /^As you asked, .*\n\nIf you did not ask for that, .* just reply to this mail\./s,
  )
  await write()
  const told = (await kept(config.state_dir, 'followups')).at(-1)
  t.match(told, {
    public: false,
    comment: `${ERIN} gets no more letters about this ticket, as asked.`,
    changes: [{ field: 'submitter_stopped', from: false, to: true }],
  })
  const sent = (await confirmations()).length
  await write({ from: MALLORY })
  t.equal((await confirmations()).length, sent, 'twice: nothing')
  t.equal((await kept(config.state_dir, 'followups')).at(-1)!.id, told!.id)

  const { body } = await susan('add_followup', { ticket: '1', public: 'y', message: 'We keep the old fuse.' })
  t.match((await shell('show', '1')).says, /The submitter gets no more letters about it, as asked\./)
  t.match(body, /No letter to erin@example\.net about ticket 1: its submitter has asked for no more\./)
  t.notMatch((await letters(1)).join(''), /We keep the old fuse/)
  await mail({
    from: ERIN,
    to: confirmation.replyTo!.value[0]!.address!,
    subject: `Re: ${confirmation.subject}`,
    text: 'I want to know.',
  })
  t.equal(await isStopped(), false)
  await susan('add_followup', { ticket: '1', public: 'y', message: 'Here is how.' })
  await until('the next letter', async () =>
    (await letters(1)).some(one => /^To: erin/m.test(one) && /Here is how/.test(one)),
  )
})
