import t from 'tap'
import { FRED, SUPPORT, SUSAN, type TestMail } from '../../../../house.ts'
import { kept } from '../../kept.ts'
import { type Answering, answeringFor, MARIA } from './answering.ts'

/** All that the submitter has got. */
async function got({ letters, config }: Answering): Promise<string> {
  const all = await letters((await kept(config.state_dir, 'letters')).length)
  return all.filter(one => one.includes(`\r\nTo: ${MARIA}\r\n`)).join('\n')
}

t.test('a line that says that an answer is private keeps it from the submitter', async t => {
  const desk = await answeringFor(t)
  const letter = await desk.letterTo(SUSAN.address)
  const cases: readonly [string, boolean, string][] = [
    ['/private\nAlfa', false, 'at the top'],
    ['\u200b/private\nBravo', false, 'behind a character of no width'],
    ['\u2060 \u00a0/private\nCharlie', false, 'behind several'],
    ['\uff0fprivate\nDelta', false, 'with a slash of full width'],
    ['/ private\nFoxtrot', false, 'with a blank: refused'],
    ['Hello\n/private\nGolf', false, 'below a greeting'],
    ['> It is dark.\n\n/private\nHotel', false, 'below a quote'],
    ['> It is dark.\n/Private: she need not know\nIndia', false, 'with words behind it'],
    ['See /private, she said.\nJuliett', true, 'inside a sentence'],
    ['> /private\nKilo', true, 'quoted'],
    ['It is in\n/private/var/log\nLima', true, 'a path'],
    ['private\nMike', true, 'without a slash'],
    ['\\private\nEcho', false, 'with the other slash'],
  ]
  for (const [text] of cases) await desk.answerTo(letter, text)
  const all = await got(desk)
  for (const [text, isPublic, what] of cases) t.equal(all.includes(text.split('\n').at(-1)!), isPublic, what)
  t.match((await desk.letterTo(SUSAN.address)).text, /since a line of it says that it is private\./)
})

t.test('what is private is no resolution, and no other text for the submitter', async t => {
  const desk = await answeringFor(t)
  const letter = await desk.letterTo(SUSAN.address)
  const before = await desk.ticket()
  for (const [text, line] of [
    ['/private\n/resolve\nAlfa', '"/resolve"'],
    ['/resolve: She broke it.\n/private\nBravo', '"/resolve: She broke it."'],
    ['/private\n/answer\nCharlie', '"/answer"'],
    ['/private\n/close public\nDelta', '"/close public"'],
  ] as const) {
    await desk.answerTo(letter, text)
    t.match(await desk.ticket(), before, text)
    t.match((await desk.lastMail()).verdict, 'near_miss')
    const { text: told = '' } = await desk.letterTo(SUSAN.address)
    t.ok(
      told.replaceAll('\n', ' ').startsWith(`Nothing was done. ${line}: This writes to the submitter, but`),
      told,
    )
  }
  await desk.mail({ subject: 'answer 1', text: '/private\nFoxtrot', login: SUSAN })
  t.match(await desk.ticket(), before)
  await desk.answerTo(letter, '/private\n/close\nGolf')
  t.match(await desk.lastFollowup(), { comment: 'Golf', public: false })
  t.match(await desk.ticket(), { status: 4 })
  await desk.answerTo(letter, '/resolve\nHotel')
  t.match(await got(desk), 'Hotel')
  t.notMatch(await got(desk), /Alfa|Bravo|Charlie|Delta|Echo|Foxtrot|Golf/)
})

t.test('a quote of the letter is no resolution either', async t => {
  const desk = await answeringFor(t)
  const letter = await desk.letterTo(SUSAN.address)
  const quote = `Support, what did they say:\n| ${letter.text!.replaceAll('\n', '\n| ')}`
  await desk.answerTo(letter, `/resolve\nWe come.\n\n${quote}`)
  t.match(await desk.ticket(), { status: 1 })
  await desk.mail({ subject: 'resolve 1', text: `We come.\n\n${quote}`, login: SUSAN })
  t.match(await desk.ticket(), { status: 1 })
  t.notMatch(await got(desk), 'support, what did they say')
})

t.test('an agent who is the submitter may give commands in an answer, too', async t => {
  const desk = await answeringFor(t)
  const fred: Partial<TestMail> = { from: FRED.address, login: FRED }
  await desk.mail({ ...fred, to: SUPPORT, subject: 'My chair', text: 'It is broken.' })
  await desk.susan('watch', { ticket: '2', email: MARIA })
  await desk.susan('add_followup', { ticket: '2', message: 'Which one?', public: 'y' })
  const letter = await desk.letterTo(FRED.address)
  await desk.answerTo(letter, '/private\nAlfa')
  t.match(await desk.lastFollowup(), { comment: 'Alfa', public: false, author: { kind: 'user', user: 2 } })
  const unproven = { from: FRED.address, subject: `Re: ${letter.subject}`, to: SUPPORT }
  await desk.mail({ ...unproven, text: '/private\nBravo' })
  t.match(await desk.lastFollowup(), { public: false, author: { kind: 'submitter', proven: false } })
  await desk.answerTo(letter, '/priority 1\nCharlie')
  t.match(await desk.ticket(), { priority: 1 })
  await desk.answerTo(letter, '/take\nDelta')
  t.match(await desk.lastFollowup(), { comment: 'Delta', public: true, author: { kind: 'user', user: 2 } })
  await desk.answerTo(letter, 'Echo')
  t.match(await desk.lastFollowup(), { public: true, author: { kind: 'submitter', proven: true } })
  t.notMatch(await got(desk), /Alfa|Bravo|Charlie/)
  t.match(await got(desk), 'Delta')
  await desk.mail({ ...unproven, text: '/resolve' })
  t.match(await desk.ticket(), { status: 1 }, 'not without proof')
})
