import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import t from 'tap'
import { directoryFor, house, SUPPORT } from '../../../house.ts'
import { kept } from '../kept.ts'

const ERIN = 'erin@example.net'
const GERMAN =
  'Guten Tag, seit heute Morgen druckt der Drucker im zweiten Stock nicht mehr. Ich habe ihn schon aus- und wieder eingeschaltet, aber die Anzeige sagt immer noch, dass kein Papier da ist, obwohl das Fach voll ist.'

t.test('letters have the language of the mail, and those to staff that of the queue', async t => {
  const directory = directoryFor(t)
  const letters = join(directory, 'letters')
  mkdirSync(letters)
  writeFileSync(join(letters, 'de.support.toml'), '[closing]\nanswer = "Wir lesen mit."\nopened = "{nobody}"')
  const {
    mail,
    susan,
    shell,
    letters: sent,
    config,
    log,
    daemon,
  } = await house(t, `mail.letters = "${letters}"`)
  let before = 0
  const next = async (count: number) => {
    const all = (await sent(before + count)).slice(before)
    before += count
    const told = await Promise.all(all.map(letter => simpleParser(letter)))
    return new Map(told.map(({ to, text }) => [[to].flat()[0]!.text, text!]))
  }
  t.match(
    log.filter(line => line.includes('bad_words')),
    [/closing\.opened has the placeholder \{nobody\}/],
  )

  const signature = 'Freundlich\nIhr Support'
  await susan('change_queue', { queue: '1', locale: 'auto', greeting: 'Hallo!', signature })
  await mail({ from: ERIN, to: SUPPORT, subject: 'Drucker', text: GERMAN })
  const opened = await next(2)
  t.equal(
    opened.get(ERIN),
    `Hallo!

Vielen Dank, Ihre Anfrage ist angekommen. Sie hat die Nummer 1. Wir melden uns bei Ihnen.

Wenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Mail.

Freundlich
Ihr Support
`,
  )
  t.match(opened.get('susan@example.org'), /^Ticket 1 is new in Support\.\n\n/)
  t.match(await kept(config.state_dir, 'tickets'), [{ locale: 'de' }])

  await susan('change_queue', { queue: '1', locale: 'fr', greeting: '', updated_ticket_cc: 'cc@example.org' })
  await shell('followup', '1', 'public:', 'Wir kommen.')
  const written = await next(2)
  t.match(
    written.get(ERIN),
    /^Support schrieb:\n\nWir kommen\.\n\nWir lesen mit\.\n\nFreundlich\nIhr Support\n$/,
  )
  t.match(
    written.get('cc@example.org'),
    /^L’exploitant a écrit\u00a0:\n\nWir kommen\.\n\nTicket: \[support-1\] Drucker\nOuvert, priorité 3, /,
  )

  await mail({ from: ERIN, to: SUPPORT, subject: 'Noch einer', text: GERMAN })
  t.match((await next(2)).get(ERIN), /^Merci, votre demande/, 'a queue with a language has only that')

  writeFileSync(join(letters, 'fr.toml'), '[followed_up]\nsubmitter = "Du nouveau :"')
  daemon.reload()
  await shell('followup', '2', 'public:', 'Nous venons.')
  t.match((await next(2)).get(ERIN), /^Du nouveau :\n\nNous venons\./, 'the texts are read again')
})

t.test('a signature that would hide the letter is refused', async t => {
  const { susan } = await house(t)
  const refused = await susan('change_queue', { queue: '1', signature: 'Yours\n-- \nSupport' })
  t.match(JSON.stringify(refused), /mail programs hide what follows/)
})
