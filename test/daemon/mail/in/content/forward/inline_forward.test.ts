import fc from 'fast-check'
import t from 'tap'
import { inlineForward } from '../../../../../../daemon/mail/in/content/forward/inline_forward.ts'
import { anyCharacter } from '../../../../../any_character.ts'

const BLOCK =
  'From: Maria Lee <maria@customer.example>\nDate: 26 Nov 2026 10:00\nSubject: Printer\nTo: fred@example.org'

t.test('a header block without a marker needs the subject of a forward', async t => {
  const text = `Hello\n\n${BLOCK}\n\nIt smokes.`
  t.equal(inlineForward(text, 'Re: Printer'), undefined)
  t.match(inlineForward(text, 'WG: Printer'), { words: 'Hello', text: 'It smokes.', subject: 'Printer' })
})

t.test('what is far below the beginning is no forward', async t => {
  const text = `${'Hello. '.repeat(3000)}\n\n${BLOCK}\n\nIt smokes.`
  t.equal(inlineForward(text, 'Fwd: Printer'), undefined)
})

t.test('a marker without a block, or a block without a text, is no harm', async t => {
  t.equal(inlineForward('---------- Forwarded message ---------\n\nIt smokes.', 'Fwd: Printer'), undefined)
  t.match(inlineForward(BLOCK, 'Fwd: Printer'), {
    words: '',
    text: '',
    from: { address: 'maria@customer.example' },
  })
})

t.test('all that stands below the block is the text, whatever it is', async t => {
  const unit = fc.oneof(anyCharacter, fc.constantFrom('>', '\n', 'From: ', BLOCK))
  fc.assert(
    fc.property(fc.array(unit), parts => {
      // Lines of invisible characters alone belong to the blank ones before it.
      const text = `x${parts.join('')}`.trim()
      const found = inlineForward(`---------- Forwarded message ---------\n${BLOCK}\n\n${text}`, '')
      return found?.from.address === 'maria@customer.example' && found.text.endsWith(text.slice(-1000).trim())
    }),
  )
  t.pass()
})
