import fc from 'fast-check'
import t from 'tap'
import { fitting } from '../../../daemon/mail/answer_length.ts'

const LONGEST = 32 * 1024

t.test('an answer that is too long for a letter is cut, and says so', async t => {
  const short = ['One.', 'Two.']
  t.equal(fitting(short), short)
  const list = Array.from({ length: 3000 }, (_, at) => `${at} user${at} User number ${at}`).join('\n')
  const [beginning = '', last] = fitting([list])
  t.ok(list.startsWith(`${beginning}\n`), 'it keeps whole lines')
  t.equal(last, 'The rest is too long for a letter. Use the HTTP door or the shell to see all of it.')
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom('x', 'é😀', '\n', 'y\n'.repeat(9000))), sentences => {
        const fit = fitting(sentences)
        return Buffer.byteLength(fit.join('\n\n')) <= LONGEST && fitting(fit) === fit
      }),
    ),
  )
})
