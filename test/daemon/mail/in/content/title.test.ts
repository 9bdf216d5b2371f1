import fc from 'fast-check'
import t from 'tap'
import { titleOf } from '../../../../../daemon/mail/in/content/title.ts'
import { VISIBLE } from '../../../../../data/invisible.ts'
import { anyCharacter } from '../../../../any_character.ts'
import { growthOf } from '../../../../growth.ts'
import { runs } from '../../../../runs.ts'

const OWN = new Set(['support', 'it-help'])
const TEXT = '\n \u200b\nHello,\nthe printer is on fire.'

const cases: readonly (readonly [subject: string, title: string])[] = [
  ['Printer on fire', 'Printer on fire'],
  ['  Printer \t on\r\n fire ', 'Printer on fire'],
  ['Re: Printer', 'Printer'],
  ['RE: AW: Re: Printer', 'Printer'],
  ['Re : Printer', 'Printer'],
  ['Re:Printer', 'Printer'],
  ['Re[2]: Printer', 'Printer'],
  ['Re(3): Printer', 'Printer'],
  ['RE^4: Printer', 'Printer'],
  ['Re [12] : Printer', 'Printer'],
  ['Fwd: FW: WG: TR: RV: ENC: Printer', 'Printer'],
  ['SV: VS: Vá: Odp: Antw: Doorst: Printer', 'Printer'],
  ['Va\u0301: Printer', 'Printer'],
  ['回复: 答复：转发： 打印机', '打印机'],
  ['İLT: YNT: Yazıcı', 'Yazıcı'],
  ['ΑΠ: Εκτυπωτής', 'Εκτυπωτής'],
  ['[EXTERNAL] Re: [EXT] Printer', 'Printer'],
  ['***SPAM*** Re: Printer', 'Printer'],
  ['[Warning: External] Printer', 'Printer'],
  ['Printer [EXTERNAL]', 'Printer [EXTERNAL]'],
  ['Re: [support-12] Printer', 'Printer'],
  ['[support-12] Re: [Support-3] Printer', 'Printer'],
  ['Printer [it-help-7] smokes', 'Printer smokes'],
  ['Re: [PO-4711] Printer', '[PO-4711] Printer'],
  ['[support-x] [support-] [support] Printer', '[support-x] [support-] [support] Printer'],
  ['[[support-1] Printer', '[ Printer'],
  ['Re-order of paper', 'Re-order of paper'],
  ['AW Root GmbH', 'AW Root GmbH'],
  ['VS Code: crash', 'VS Code: crash'],
  ['Error: x', 'Error: x'],
  ['R: drive is full', 'R: drive is full'],
  ['Ref: 4711', 'Ref: 4711'],
  ['Re[a]: x', 'Re[a]: x'],
  ['Re[1234]: x', 'Re[1234]: x'],
  ['Reply: x', 'Reply: x'],
  ['Printer Re: fire', 'Printer Re: fire'],
  ['', 'Hello,'],
  ['TR: ', 'Hello,'],
  ['Re: [support-12]', 'Hello,'],
  ['[EXTERNAL]', 'Hello,'],
  ['(No Subject)', 'Hello,'],
  ['Re: (no subject)', 'Hello,'],
  ['\u200b\u00ad', 'Hello,'],
]

t.test('the title is the subject without what programs put into it', async t => {
  for (const [subject, title] of cases) t.equal(titleOf(subject, TEXT, OWN), title, subject)
})

t.test('without a subject, it is the first visible line, cut at a word', async t => {
  t.equal(titleOf('', '', OWN), '(no subject)')
  t.equal(titleOf('Fwd:', ' \n\u200b', OWN), '(no subject)')
  const words =
    'The printer on the third floor has been smoking since the early morning and nobody knows why.'
  t.equal(
    titleOf('', `\n${words}\nmore`, OWN),
    'The printer on the third floor has been smoking since the early morning and…',
  )
  t.equal(titleOf('', 'a'.repeat(80), OWN), 'a'.repeat(80))
  t.equal(titleOf('', '😀'.repeat(81), OWN), `${'😀'.repeat(79)}…`)
  t.equal(titleOf('', `a ${'b'.repeat(100)}`, OWN), `a ${'b'.repeat(77)}…`)
})

t.test('a long subject stays long', async t => {
  t.equal(titleOf(`Re: ${'a'.repeat(1000)}`, '', OWN), 'a'.repeat(1000))
})

t.test('any subject and text give a visible line of valid Unicode', async () => {
  const text = fc.string({ unit: anyCharacter })
  const piece = fc.constantFrom(
    'Re',
    ':',
    '[',
    ']',
    'support',
    '-',
    '1',
    ' ',
    '[ext]',
    '(no subject)',
    '\ud83d',
    'x',
  )
  const subject = fc.oneof(
    text,
    fc.array(piece).map(pieces => pieces.join('')),
  )
  fc.assert(
    fc.property(subject, text, (subject, text) => {
      const title = titleOf(subject, text, OWN)
      return VISIBLE.test(title) && !/\p{Cc}|\p{Surrogate}/u.test(title)
    }),
    runs(2000),
  )
})

t.test('the time is linear in the size', async t => {
  for (const part of ['Re: ', '[', '[support-1]', '[ext]', ' ', '\n', '>', 'a ']) {
    const growth = await growthOf(4000, size => {
      const text = part.repeat(size / part.length)
      return () => [titleOf(text, 'x', OWN), titleOf('', text, OWN)]
    })
    t.equal(growth, 'linear', part)
  }
})
