import t from 'tap'
import { refuseBare, refuseBelow } from '../../../handlers/command/misplaced.ts'
import { growthOf } from '../../growth.ts'

t.test('a command below other words is refused', async t => {
  for (const line of [
    '/private',
    '/Private.',
    '/ private',
    '/resolve',
    '/hold until friday',
    '/hold 5',
    '/help',
  ])
    t.throws(
      () => refuseBelow(`We are on it.\n\n  ${line}\nMore.`, 5),
      { code: 'invalid', message: 'stands below other words. Write such lines at the top.' },
      line,
    )
  for (const line of ['/etc is full', '/hold 6', '/', '//', '/home/private', 'a /resolve', '> /resolve', ''])
    t.doesNotThrow(() => refuseBelow(`We are on it.\n${line}`, 5), line)
})

t.test('an answer whose first paragraph is a command is refused', async t => {
  for (const words of [
    'hold',
    'Hold 5.',
    '\n take',
    'Resolve: it works',
    'note: ask tom\n\nFred',
    'assign tom',
  ])
    t.throws(
      () => refuseBare(words, 5),
      { code: 'invalid', message: 'may be a command. If it is one, write / before it;' },
      words,
    )
  for (const words of [
    'Hold on.',
    'hold 6',
    'Help',
    'Take care',
    'Hold\nthe line',
    'Resolved',
    'Thanks',
    '',
    '5',
  ])
    t.doesNotThrow(() => refuseBare(words, 5), words)
})

t.test('a text is looked at in linear time', async t => {
  for (const part of ['/a\n', '/private a\n', '\n', '/', 'hold ']) {
    const growth = await growthOf(1_000, n => {
      const words = `x\n${part.repeat(n / part.length)}`
      return () => {
        try {
          refuseBelow(words, 5)
          refuseBare(words, 5)
        } catch {}
      }
    })
    t.equal(growth, 'linear', part)
  }
})
