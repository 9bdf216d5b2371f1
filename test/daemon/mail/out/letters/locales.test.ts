import { readFileSync } from 'node:fs'
import t from 'tap'
import { isKey, KEYS, type Key, placeholdersOf } from '../../../../../daemon/mail/out/letters/keys.ts'
import { type Texts, textsIn } from '../../../../../daemon/mail/out/letters/locale_texts.ts'
import { namesIn } from '../../../../../daemon/mail/out/letters/template.ts'
import { LOCALES, type Locale } from '../../../../../data/locales.ts'

/** Texts that are the same as in English. */
const SAME: readonly string[] = ['nl status.1', 'de several.show', 'it card.no_owner', 'de changed.queue']

function shipped(locale: Locale): { texts: Texts; mistakes: readonly string[] } {
  return textsIn(readFileSync(`daemon/mail/out/letters/${locale}.toml`, 'utf8'), `${locale}.toml`)
}

t.test('each language has each text, with the placeholders of the English one', async t => {
  const english = shipped('en').texts
  for (const locale of LOCALES) {
    const { texts, mistakes } = shipped(locale)
    t.same(mistakes, [], locale)
    for (const key of Object.keys(KEYS) as Key[]) {
      const [text, usual] = [texts.get(key), english.get(key)!]
      if (text === undefined) t.fail(`${locale} lacks ${key}`)
      else if (namesIn(text).join() !== namesIn(usual).join()) t.fail(`${locale} ${key}: ${namesIn(text)}`)
    }
  }
})

t.test('nothing is left untranslated', async t => {
  const english = shipped('en').texts
  for (const locale of LOCALES.filter(one => one !== 'en')) {
    const same = [...shipped(locale).texts].filter(([key, text]) => english.get(key) === text)
    const left = same.map(([key]) => `${locale} ${key}`).filter(one => !SAME.includes(one))
    t.same(
      left.filter(one => !/ (author\.unproven|text\.label)$/.test(one)),
      [],
    )
  }
})

t.test('the English texts use only what their letters have', async t => {
  for (const [key, text] of shipped('en').texts) {
    const strange = namesIn(text).filter(name => !placeholdersOf(key).includes(name))
    t.same(strange, [], key)
  }
  t.ok(isKey('opened.staff') && !isKey('toString') && !isKey('opened'))
})
