import fc from 'fast-check'
import t from 'tap'
import { mailto } from '../../../../../daemon/mail/out/letters/mailto.ts'
import { runs } from '../../../../runs.ts'
import { linksIn } from '../../mailto_links.ts'

t.test('a link has subject and text, percent-encoded', async t => {
  t.equal(
    mailto({ address: 'helpdesk+r.1.2.ab@example.org', subject: 'hold 1: 50 % & more?', text: 'One.\n\nÄ' }),
    '<mailto:helpdesk+r.1.2.ab@example.org?subject=hold%201%3A%2050%20%25%20%26%20more%3F&body=One.%0D%0A%0D%0A%C3%84>',
  )
  t.equal(mailto({ address: 'a@example.org', subject: 'help' }), '<mailto:a@example.org?subject=help>')
})

t.test('a mail program reads from it what was put into it', async t => {
  const words = fc.string({ unit: 'grapheme', maxLength: 40 })
  fc.assert(
    fc.property(words, words, (subject, text) => {
      const [read] = linksIn(mailto({ address: 'a+r@example.org', subject, text }))
      t.strictSame(
        { to: read?.to, subject: read?.subject, text: read?.text },
        { to: 'a+r@example.org', subject, text: text.replaceAll('\n', '\r\n') },
      )
    }),
    runs(100),
  )
})
