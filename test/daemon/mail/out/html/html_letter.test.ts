import fc from 'fast-check'
import t from 'tap'
import { htmlText } from '../../../../../daemon/mail/html_text/html_text.ts'
import { htmlLetter } from '../../../../../daemon/mail/out/html/html_letter.ts'
import { LetterWords } from '../../../../../daemon/mail/out/letters/letter_words.ts'
import { LOCALES } from '../../../../../data/locales.ts'
import { anyCharacter } from '../../../../any_character.ts'
import { growthOf } from '../../../../growth.ts'
import { runs } from '../../../../runs.ts'

const LINK = 'mailto:helpdesk+t.1.2.abc@helpdesk.example?subject=take%201'
const TEXT = `Fred has written:

It is hot & it <b>burns</b>:
<${LINK}>

Ticket:    [support-1] The "printer" <is> on fire
Owner:     fred

Take it:
<${LINK}>

<mailto:helpdesk@helpdesk.example?subject=help>
`
const WORDS = { is: 'words', text: `It is hot & it <b>burns</b>:\n<${LINK}>` } as const

/** The elements of the page, from the first one that shows something. */
const shown = (html: string) => html.slice(html.indexOf('<p '))

t.test('a letter in HTML says what its text says', async t => {
  const html = shown(htmlLetter(TEXT, [WORDS], 'en'))
  t.match(html, '>Fred has written:</p>')
  t.match(
    html,
    `>It is hot &amp; it &lt;b&gt;burns&lt;/b&gt;:<br>&lt;${LINK}&gt;</div>`,
    'others make no link',
  )
  t.match(html, '>Ticket:</span> [support-1] The &quot;printer&quot; &lt;is&gt; on fire<br>')
  t.match(
    html,
    new RegExp(`<a href="${LINK.replace(/[+?.]/g, '\\$&')}"[^>]*>Take it</a>`),
    'a link has a label',
  )
  t.match(html, />helpdesk@helpdesk.example<\/a>/, 'or says where it goes')
  t.equal(html.split('<a ').length - 1, 2)
  t.match(htmlText(html, new Map()).text, /^Ticket: \[support-1\]/m, 'a quote of it shows whose letter it is')
})

t.test('a button has the label of its link in every language', async t => {
  for (const usual of LOCALES) {
    const words = new LetterWords({ usual, directory: '' }).usual()
    const label = words.say('choice.works')
    const html = htmlLetter(`${words.label(label)}\n<${LINK}>\n`, [], usual)
    t.match(html, `>${label}</a>`, usual)
  }
})

t.test('the address that stops the letters is a link, and those in the words of others are none', async t => {
  const stop = 'helpdesk+s.1.abc@helpdesk.example'
  const words = { is: 'words', text: 'To:\neve@example.net' } as const
  const html = htmlLetter(
    `${words.text}\n\nTo stop, write to\n${stop}\n\na?cc=eve@example.net\n`,
    [words],
    'en',
  )
  t.match(html, `To stop, write to<br>\n<a href="mailto:${stop}">${stop}</a></p>`)
  t.equal(html.split('<a ').length - 1, 1)
})

t.test('it loads nothing and has no colours that dark mode would break', async t => {
  const html = htmlLetter(TEXT, [WORDS], 'en')
  t.notMatch(html, /<(?:img|link|script|iframe|object)|url\(|src=|@import|background|[^-]color: ?#/i)
  t.match(html, '<meta name="color-scheme" content="light dark">')
})

t.test('words that look like a part of the letter stay where they stand', async t => {
  const text = 'Ticket 1 is open.\n\nT\n\nTicket:  x\n'
  t.match(
    htmlLetter(text, [{ is: 'words', text: 'T' }], 'en'),
    /Ticket 1 is open\.<\/p>\n<div[^>]*>T<\/div>\n<p/,
  )
})

t.test('whatever others write, it is shown, and makes no elements', async t => {
  const piece = fc.oneof(
    anyCharacter,
    fc.constantFrom('\n', '\n\n', '<', '>', `<${LINK}>`, '"', '&lt;', 'A: b\n'),
  )
  const words = fc.array(piece, { minLength: 1, maxLength: 30 }).map(all => all.join(''))
  const plain = htmlLetter('Before.\n\nx\n\nAfter.\n', [{ is: 'words', text: 'x' }], 'en')
  const tags = (html: string) => html.match(/<[^>]*>/g)!.filter(tag => tag !== '<br>')
  fc.assert(
    fc.property(words, text => {
      const html = htmlLetter(`Before.\n\n${text}\n\nAfter.\n`, [{ is: 'words', text }], 'en')
      t.same(tags(html), tags(plain))
    }),
    runs(200),
  )
})

t.test('it takes linear time', async t => {
  for (const piece of ['\n', '\n\n', 'A: b\n', `<${LINK}>\n`, '<']) {
    const workFor = (length: number) => {
      const text = piece.repeat(length / piece.length)
      return () => htmlLetter(text, [], 'en')
    }
    t.equal(await growthOf(4096, workFor), 'linear', piece)
  }
})
