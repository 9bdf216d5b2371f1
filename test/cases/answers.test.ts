import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { contentOf } from '../../daemon/mail/in/content/content.ts'
import { emlNames } from './eml_names.ts'

const ANSWERS = join(import.meta.dirname, '../../../test/cases/answers')
const names = emlNames(ANSWERS)

t.test('the new words of an answer are found, whatever program and language wrote it', async t => {
  for (const name of names) {
    const { text, newText, isNew } = await contentOf(readFileSync(join(ANSWERS, `${name}.eml`)))
    const expected = readFileSync(join(ANSWERS, `${name}.txt`), 'utf8').trim()
    t.equal((newText ?? text).trim(), expected, name)
    t.equal(newText !== undefined, expected !== text.trim(), `${name}: whether something was taken off`)
    t.equal(isNew, !name.includes('nothing_new'), `${name}: whether it says something new`)
  }
  t.ok(names.length > 150)
})
