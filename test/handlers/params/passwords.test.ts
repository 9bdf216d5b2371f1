import fc from 'fast-check'
import t from 'tap'
import { newPassword } from '../../../handlers/params/passwords.ts'
import { runs } from '../../runs.ts'
import { desk, refusal } from '../fixture.ts'
import { accepted } from './parsed.ts'

t.test('no sentence shows a secret', async t => {
  const { call } = await desk(t)
  const short = fc
    .string({ unit: 'grapheme-ascii', minLength: 3, maxLength: 7 })
    .filter(text => text.trim() !== '')
  const long = fc.string({ unit: 'grapheme', minLength: 73, maxLength: 200 })
  await fc.assert(
    fc.asyncProperty(fc.oneof(short, long), async password => {
      const refused = await refusal(call('set_password', { username: 'susan', new_password: `${password}` }))
      const told = refused.message.replace(
        /^new_password: The password (is too short; give at least 8 characters|has \d+ bytes; give at most 72)\.$/,
        '',
      )
      return told === ''
    }),
    runs(100),
  )
  t.same(accepted(newPassword('x'), 12345678), {
    sentence: 'the value is not text; give at least 8 characters and at most 72 bytes.',
  })
})
