import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { LetterWords } from '../../../../../daemon/mail/out/letters/letter_words.ts'
import { filled, mistakeIn } from '../../../../../daemon/mail/out/letters/template.ts'
import { directoryFor } from '../../../../house.ts'

/** A directory with these files. */
function withFiles(t: Test, files: Readonly<Record<string, string>>): string {
  const directory = directoryFor(t)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  return directory
}

t.test('what stands for a placeholder is never read as a template', async t => {
  t.equal(filled('{a} and {b}, {c} {', { a: '{b}', b: '$&' }), '{b} and $&, {c} {')
})

t.test('letters are in the first language that they can have', async t => {
  const words = new LetterWords({ usual: 'de', directory: '' })
  const localeOf = (...wanted: (string | undefined)[]) => words.of('support', ...wanted).locale
  t.equal(localeOf('fr', 'es'), 'fr')
  t.equal(localeOf(undefined, 'auto'), 'de', 'else in that of the site')
  t.equal(localeOf('gsw', 'pt-BR'), 'pt', 'whatever the region')
  const german = words.usual()
  t.equal(german.say('closing.answer'), 'Sie können direkt auf diese Mail antworten.')
  t.equal(german.day('2030-12-31'), '31. Dezember 2030')
  t.equal(words.of('x', 'fr').day('2030-12-31'), '31 décembre 2030')
  t.equal(words.of('x', 'en').day('2030-12-31'), '31 December 2030')
  t.equal(german.list(['a', 'b', 'c']), 'a, b und c')
  t.same(
    [12, 1500, 2_345_678].map(size => german.size(size)),
    ['12 Byte', '2 kB', '2,3 MB'],
  )
})

t.test('a site has its own texts, for all queues and for one', async t => {
  const directory = withFiles(t, {
    'de.toml': '[closing]\nanswer = "Antworten Sie."\nopened = "Ergänzen Sie."',
    'de.support.toml': '[closing]\nanswer = "Der Support liest mit."',
    'README.md': 'no texts',
  })
  const words = new LetterWords({ usual: 'en', directory })
  t.same(words.mistakes, [])
  const closings = (slug: string) => {
    const german = words.of(slug, 'de')
    return [german.say('closing.answer'), german.say('closing.opened')]
  }
  t.same(closings('support'), ['Der Support liest mit.', 'Ergänzen Sie.'])
  t.same(closings('sales'), ['Antworten Sie.', 'Ergänzen Sie.'])
  writeFileSync(join(directory, 'de.toml'), '')
  words.reload()
  t.match(closings('sales'), [/^Sie können direkt/, /^Wenn Sie etwas/], 'read again')
})

t.test('a text that cannot be used is named, and the usual one stands in its place', async t => {
  const directory = withFiles(t, {
    'en.toml':
      '[closing]\nanswer = "Write to {whoever}."\nopened = 5\nresolved = "Yes.\\n-- \\nUs"\nnonsense = "x"\n[stop]\nthis = "Never."\n[several]\nsummary_subject = "a\\nb"\n[opened]\nsubmitter = " "',
    'de.toml': '[closing',
    'xx.toml': '',
    'fr.toml': `a = "${'x'.repeat(70_000)}"`,
  })
  mkdirSync(join(directory, 'es.toml'))
  const words = new LetterWords({ usual: 'en', directory })
  const told = words.mistakes.map(sentence => sentence.replaceAll(`${directory}/`, ''))
  t.match(told, [
    /^de\.toml, line 1: /,
    'en.toml: closing.answer has the placeholder {whoever}, which it may not use; it can have none.',
    'en.toml: closing.opened must be a text in quotes.',
    'en.toml: closing.resolved has a line "-- ", from which on mail programs hide the letter.',
    'en.toml: closing.nonsense is no text of letters.',
    'en.toml: stop.this needs the placeholder {address}: without it, nobody can stop these letters.',
    'en.toml: several.summary_subject must be one line, since it is a subject.',
    'en.toml: opened.submitter is empty; leave the key out for the usual text.',
    /^es\.toml cannot be read \(it is no file\)\.$/,
    /^fr\.toml cannot be read \(it has more than 65536 bytes\)\.$/,
    /^xx\.toml: the name of the file must be LOCALE\.toml or LOCALE\.SLUG\.toml/,
  ])
  t.equal(told.length, 11)
  t.equal(words.usual().say('closing.answer'), 'To answer, just reply to this mail.')
  t.match(new LetterWords({ usual: 'en', directory: '/nowhere' }).mistakes, [/ENOENT/])
  t.match(mistakeIn('closing.answer', 'x'.repeat(2001)), /more than 2000/)
  t.match(mistakeIn('closing.answer', 'a\u0007'), /control/)
  t.match(mistakeIn('text.label', 'Click:'), /needs the placeholder \{label\}/)
  t.match(mistakeIn('confirm.no', 'Say\n Yes.\nor no.'), /a line that is a yes/)
  t.equal(mistakeIn('confirm.no', 'Say yes or no.'), undefined)
})
