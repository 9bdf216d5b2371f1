import fc from 'fast-check'
import t from 'tap'
import { isThanks } from '../../../../daemon/mail/in/marks/thanks.ts'
import { anyCharacter } from '../../../any_character.ts'

t.test('a lone thank-you in many languages, with what stands beside it', async t => {
  const thanks = [
    'Thanks!',
    'thank you very much.',
    'Great, thanks! 😀👍🏽',
    'Vielen Dank!!',
    'Danke schön :-)',
    'Super, danke.',
    'Merci beaucoup',
    'Muchas gracias…',
    'Grazie mille!\n',
    'Dziękuję',
    'ありがとうございます。',
    'Hi,\n\nmany thanks\n',
  ]
  for (const text of thanks) t.ok(isThanks(text), text)
})

t.test('anything more is more', async t => {
  const more = [
    '',
    'Great!',
    'Thanks, but it still burns.',
    'Thank you very much! When will it come?',
    'No thanks',
    'Thanks for nothing',
    'Danke, aber es geht nicht',
    `Thanks${'!'.repeat(60)}`,
    'Thanks '.repeat(10_000),
  ]
  for (const text of more) t.notOk(isThanks(text), text.slice(0, 80))
})

t.test('a longer text, or one with other words, is never only thanks', async t => {
  const property = fc.property(fc.string({ unit: anyCharacter, maxLength: 200 }), text => {
    const longer = `Thanks! ${text} xq`
    return !isThanks(longer) && !isThanks(`${text}${'thanks '.repeat(20)}`)
  })
  t.doesNotThrow(() => fc.assert(property))
})
