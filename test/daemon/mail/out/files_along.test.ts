import { type ParsedMail, simpleParser } from 'mailparser'
import t from 'tap'
import { FRED, house, SUPPORT } from '../../../house.ts'

const ERIN = 'erin@example.net'
const EVE = 'eve@example.net'

/** The letters that come next, by their recipients. */
async function lettersAfter(all: Promise<string[]>, before: number): Promise<Map<string, ParsedMail>> {
  const letters = await Promise.all((await all).slice(before).map(raw => simpleParser(raw)))
  return new Map(letters.map(letter => [[letter.to].flat()[0]!.text, letter]))
}
const namesOf = (letter: ParsedMail | undefined) => letter?.attachments.map(({ filename }) => filename)

t.test('files go along up to a size, and with private words to staff alone', async t => {
  const built = await house(t, 'mail.attach_up_to = 20000')
  const file = (filename: string, size: number) => ({
    filename,
    mime_type: 'application/octet-stream',
    content: Buffer.alloc(size, 'x').toString('base64'),
  })
  const post = (params: Record<string, unknown>, method = 'add_followup') =>
    fetch(`http://127.0.0.1:${built.daemon.httpPort}/api/${method}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from('susan:fido the 2nd dog').toString('base64')}`,
      },
      body: JSON.stringify(params),
    })

  await built.mail({
    from: ERIN,
    to: SUPPORT,
    subject: 'It burns',
    text: 'See the picture.',
    attachments: [{ filename: 'fire.txt', content: 'fire' }],
  })
  const opened = await lettersAfter(built.letters(2), 0)
  t.same(namesOf(opened.get(ERIN)), [], 'an acknowledgement carries no files')
  t.same(namesOf(opened.get('susan@example.org')), ['fire.txt'], 'staff has them')
  await built.shell('assign', '1', 'fred')
  await built.shell('watch', '1', EVE)
  await built.letters(3)

  const files = [file('a.bin', 15_000), file('b.bin', 15_000), file('c.bin', 5000)]
  const message = '<p>Please <b>read</b> them, if a &lt; b.</p><script>alert(1)</script>'
  t.equal((await post({ ticket: 1, message, public: true, attachment: files })).status, 200)
  const open = await lettersAfter(built.letters(6), 3)
  for (const to of [ERIN, EVE, FRED.address]) {
    const letter = open.get(to)
    t.same(namesOf(letter), ['a.bin', 'c.bin'], `${to} has those that fit`)
    t.equal(letter?.attachments[0]?.content.toString(), 'x'.repeat(15_000))
    t.match(
      letter?.text,
      'Please read them, if a < b.\n\nAttached: a.bin (15 kB)\nNot attached: b.bin (15 kB)\nAttached: c.bin (5 kB)\n',
    )
    t.match(letter?.html, '<p>Please <b>read</b> them, if a &lt; b.</p></div>')
    t.notMatch(letter?.html, 'alert')
  }

  t.equal((await post({ ticket: 1, message: 'For us.', attachment: [file('d.bin', 10)] })).status, 200)
  const closed = await lettersAfter(built.letters(7), 6)
  t.same([...closed.keys()], [FRED.address])
  t.same(namesOf(closed.get(FRED.address)), ['d.bin'])

  await built.mail({
    from: FRED.address,
    to: SUPPORT,
    subject: '[support-1]',
    text: 'Look at this.',
    attachments: [{ filename: 'trap.txt', content: 'x' }],
  })
  const claimed = await lettersAfter(built.letters(8), 7)
  t.same(namesOf(claimed.get(FRED.address)), [], 'none go to the user that an unproven mail names')
})
