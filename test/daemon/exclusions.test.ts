import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import t from 'tap'
import { configText, house, SUSAN } from '../house.ts'
import { ROOT, run } from '../program.ts'
import { kept } from './mail/kept.ts'

const calendar = (name: string) => readFileSync(join(ROOT, 'test/cases/calendars', `${name}.ics`))

t.test('a whole round at each door, with a calendar in each form', async t => {
  const { susan, mail, shell, letters, config, directory, daemon } = await house(t)
  const exclusions = () => kept(config.state_dir, 'exclusions')
  let answers = 0
  const say = async (subject: string, more: object = {}) => {
    await mail({ subject, login: SUSAN, ...more })
    const all = await letters(++answers)
    const last = await Promise.all(all.map(letter => simpleParser(letter)))
    return last.find(({ subject: line }) => line === `Re: ${subject}`)?.text ?? ''
  }
  const multipart = async (files: Record<string, [Buffer, string]>) => {
    const form = new FormData()
    form.set('user', SUSAN.username)
    form.set('password', SUSAN.password)
    for (const [field, [content, name]] of Object.entries(files))
      form.set(field, new File([content], name, { type: 'text/calendar' }))
    const url = `http://127.0.0.1:${daemon.httpPort}/api/import_exclusions/`
    const response = await fetch(url, { method: 'POST', body: form })
    return { status: response.status, body: await response.text() }
  }
  // By mail.
  t.match(
    await say('exclude saturdays in support: Weekend'),
    /^Saturday no longer counts in queue Support; this/,
  )
  t.match(await say('exclusions'), /^1 every Saturday in queue Support: Weekend/)
  const attachments = [
    { filename: 'logo.png', content: Buffer.from([137, 80, 78, 71]) },
    { filename: 'school-holidays.ics', content: calendar('school-holidays') },
  ]
  t.match(
    await say('import_exclusions queues=support', { text: 'Here are the holidays.', attachments }),
    /^\d+ exclusions are/,
  )
  t.match(await exclusions(), [
    { weekday: 6 },
    { date: '2027-02-01', name: 'Winterferien – Grüße aus dem Süden' },
  ])
  const pasted = await say('import_exclusions', { text: calendar('apple-team').toString() })
  t.match(pasted, /every Saturday: Weekend 🌴\n\d+ every Sunday: Weekend 🌴/)
  t.match(pasted, /1 event moving one day of another event was left out: Training on Fridays\./)
  t.match(await say('unexclude weekend 🌴'), /^Removed:\n/)

  // By POST.
  t.match(await susan('add_exclusion', { yearly: '24 dec', queues: 'support' }), {
    status: 200,
    body: /^\[\d+\]$/,
  })
  t.match(await susan('list_exclusions', { queue: 'support' }), { status: 200, body: /"yearly":"12-24"/ })
  const google = calendar('google-holidays')
  t.match(await multipart({ attachment: [google, 'google.ics'] }), { status: 200, body: /"known":0/ })
  t.match(await susan('import_exclusions', { calendar: String(google) }), {
    status: 200,
    body: /"exclusions":\[\],"known":3/,
  })
  t.match(await multipart({ attachment: [Buffer.from('Hello'), 'x.txt'] }), {
    status: 400,
    body: /^There is no calendar in this/,
  })
  t.match(await susan('remove_exclusion', { exclusion: 'christmas day' }), { status: 200, body: /^\[\d+\]$/ })
  t.match(await susan('change_queue', { queue: 'support', escalate_at: '8:15', time_zone: 'America/Lima' }), {
    status: 200,
    body: / Its tickets rise and wake at 08:15 \(America\/Lima\)\.$/,
  })
  t.match(await susan('list_queues'), { body: /"escalate_at":"08:15","time_zone":"America\/Lima"/ })

  // At the shell; the program itself reads the file from its standard input.
  const path = join(directory, 'config.toml')
  writeFileSync(path, configText(directory))
  const outlook = String(calendar('outlook-shutdown'))
  t.match(await run(t, ['--config', path, 'import_exclusions', 'queues=support'], outlook), {
    exit: 0,
    out: /^4 exclusions are added in queue Support:\n[\s\S]*\n2 days were excluded already\.\n1 event with a rule/,
  })
  t.match(await shell('exclude', '1 may every year'), {
    exit: 0,
    says: /^1 May of every year no longer counts/,
  })
  t.match(await shell('unexclude', '1'), {
    exit: 0,
    says: 'Removed: 1 every Saturday in queue Support: Weekend',
  })
  t.match(await shell('exclusions', 'support'), { exit: 0, says: /1 May of every year in all queues\n/ })
})
