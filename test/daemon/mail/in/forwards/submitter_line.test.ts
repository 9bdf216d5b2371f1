import fc from 'fast-check'
import t from 'tap'
import { submitterLineIn } from '../../../../../daemon/mail/in/forwards/submitter_line.ts'
import { anyCharacter } from '../../../../any_character.ts'

t.test('the line stands at the top, alone or with an address', async t => {
  const address = (text: string) => submitterLineIn(text)?.named?.address
  for (const text of ['/submitter', '\n  /Submitter.\nHello', '/SUBMITTER!\r\n', '/submitter:'])
    t.match(submitterLineIn(text), { named: undefined, words: '' }, text)
  t.equal(address('/submitter maria@customer.example\nHello'), 'maria@customer.example')
  t.equal(address('/submitter: maria@customer.example\nHello'), 'maria@customer.example')
  t.equal(address('/submitter Maria Lee <maria@customer.example>'), 'maria@customer.example')
  t.equal(
    address('/submitter maria@customer.example <mailto:maria@customer.example>'),
    'maria@customer.example',
  )
  for (const text of ['/submitter maria', '/submitter a@b.example, c@d.example'])
    t.equal(address(text), null, text)
  for (const text of ['', 'Hello\n/submitter', '/submitters', 'submitter', '> /submitter'])
    t.equal(submitterLineIn(text), undefined, text)
})

t.test('what stands below it is kept, whatever it is', async t => {
  const rest = fc.string({ unit: anyCharacter })
  fc.assert(fc.property(rest, text => submitterLineIn(`/submitter\n${text}`)?.rest === text))
  t.pass()
})
