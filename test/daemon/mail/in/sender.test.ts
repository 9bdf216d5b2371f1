import t from 'tap'
import { checkedFrom } from '../../../../daemon/mail/in/sender.ts'

t.test('what the child process tells about From is checked', async t => {
  const good = { address: 'ann@customer.example', name: 'Ann', written: 'Ann <ann@customer.example>' }
  t.same(checkedFrom(good), good)
  const bad = {
    address: 'ann@b.example, c@d.example',
    name: `a\r\n\u202eb${'x'.repeat(1000)}`,
    written: '\0\ud800'.repeat(1000),
  }
  const { address, name, written } = checkedFrom(bad)
  t.equal(address, null)
  t.equal(name, `a b${'x'.repeat(397)}`)
  t.match(written, /^\ufffd[\ufffd ]{1,400}$/)
  t.same(checkedFrom({ address: null, name: '', written: '' }), { address: null, name: '', written: '' })
})
