import t from 'tap'
import { attachments } from '../../../handlers/params/files.ts'
import { accepted, BAD_WORDS, parsed } from './parsed.ts'

t.test('attachments are files that a door has kept', async t => {
  const sentence = 'this is not a file; attach files to a mail or a POST.'
  for (const text of [...BAD_WORDS, 'fuse.txt']) t.same(parsed(attachments('x'), text), { sentence })
  for (const value of [1, true, { beginning: 'x' }]) t.same(accepted(attachments('x'), value), { sentence })
  const files = [{ file: 'a', filename: 'fuse.txt', mime_type: 'text/plain', size: 5 }]
  t.equal(accepted(attachments('x'), files), files)
})
