import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { LetterWords } from '../../../../../daemon/mail/out/letters/letter_words.ts'
import { noticeText } from '../../../../../daemon/mail/out/notices/notice.ts'
import { LOCALES } from '../../../../../data/locales.ts'
import type { Reader } from '../../../../../data/store.ts'
import type { Notice } from '../../../../../data/tables.ts'

/** UPDATE_LETTERS=1 rewrites this file; read it before you commit it. */
const FIXTURE = 'test/daemon/mail/out/notices/notices_de.txt'

const MAIL = { received: '2030-01-01T10:00:00.000Z', peer: '192.0.2.7', from: 'fred@example.com' }
const RECORDS: Readonly<Record<string, object>> = {
  tickets: { id: 7, queue: 1, title: 'Der Drucker brennt', status: 3, created: '2030-01-01T10:00:00.000Z' },
  queues: { id: 1, slug: 'support', title: 'Support', locale: 'auto' },
  users: { id: 2, username: 'fred' },
  letters: { id: 3, to: 'fred@example.org' },
  mails: MAIL,
}
const tx = { get: async (table: string) => RECORDS[table], find: async () => [] } as unknown as Reader

const COMMAND = { subject: 'answer 7: {mail}', text: 'yes\n{command}', mail: 4 }
const DOUBT = { why: { is: 'words' }, is_done: false, tickets: [7] } as const
const ALL: Readonly<Record<string, Notice>> = {
  asking: {
    is: 'asking',
    ...COMMAND,
    does: ['A public follow-up is added to ticket 7.'],
    tickets: [7],
    files: ['a.pdf', 'b.pdf', 'c.pdf', 'd.pdf', 'e.pdf', 'f.pdf'],
  },
  refusing: { is: 'refusing', ...COMMAND, why: 'There is no ticket 9.' },
  'too many': { is: 'refusing', ...COMMAND, why: { waiting: 3 } },
  doubt: {
    is: 'doubt',
    ...DOUBT,
    username: 'fred',
    methods: ['hold_ticket'],
    asking: 4,
    answering: 5,
    letter: 3,
    line: 'Nein.',
  },
  'no yes': { is: 'no_yes', ...DOUBT, is_done: true, command: 'answer 7' },
  'held back': {
    is: 'held_back',
    to: 'ann@example.net',
    about: { ticket: 7 },
    limit: { per: 'hour', most: 5 },
  },
  'failing user': { is: 'failing', address: 'fred@example.org', reply: '550 5.1.1 gone', whose: { user: 2 } },
  'failing queue': {
    is: 'failing',
    address: 'desk@example.org',
    reply: 'abuse',
    complained: true,
    whose: { queue: 1 },
  },
  status: { is: 'status', tickets: [7] },
  'own key': { is: 'key', ticket: 7 },
  'key by another': { is: 'key', ticket: 7, from: null },
  'key of links': { is: 'key', ticket: 7, is_link: true, from: 'eve@example.net' },
}

async function said(words: LetterWords, notice: Notice): Promise<string> {
  const { subject, paragraphs } = await noticeText(tx, words, notice)
  return `${subject}\n\n${paragraphs.filter(one => one !== '').join('\n\n')}`
}

t.test('notices in German', async t => {
  const german = new LetterWords({ usual: 'de', directory: '' })
  const texts: string[] = []
  for (const [name, notice] of Object.entries(ALL))
    texts.push(`==== ${name}\n${await said(german, notice)}\n`)
  const text = texts.join('\n')
  if (process.env.UPDATE_LETTERS) writeFileSync(FIXTURE, text)
  t.equal(text, readFileSync(FIXTURE, 'utf8'))
})

t.test(
  'whatever the language, no line of a question is a yes, and what others wrote is no template',
  async t => {
    for (const usual of LOCALES) {
      const text = await said(new LetterWords({ usual, directory: '' }), ALL.asking!)
      t.notMatch(text, /^\s*yes\b/im, usual)
      t.match(text, '\n\n  answer 7: {mail}\n\n  > yes\n  > {command}\n\n', usual)
    }
  },
)

t.test('each notice says something else in each language', async t => {
  for (const [name, notice] of Object.entries(ALL)) {
    const all = new Set<string>()
    for (const usual of LOCALES) {
      const text = await said(new LetterWords({ usual, directory: '' }), notice)
      t.notMatch(
        text.replaceAll('{mail}', '').replaceAll('{command}', ''),
        /[{}]|undefined/,
        `${name} ${usual}`,
      )
      all.add(text)
    }
    t.equal(all.size, LOCALES.length, name)
  }
})

t.test('a notice about tickets has the language of their queue', async t => {
  const french = { ...RECORDS, queues: { ...RECORDS.queues, locale: 'fr' } } as typeof RECORDS
  const reader = { get: async (table: string) => french[table] } as unknown as Reader
  const words = new LetterWords({ usual: 'de', directory: '' })
  const locales = await Promise.all(
    ['asking', 'no yes', 'failing queue', 'own key', 'doubt', 'held back', 'failing user'].map(
      async name => (await noticeText(reader, words, ALL[name]!)).words.locale,
    ),
  )
  t.same(locales, ['fr', 'fr', 'fr', 'fr', 'de', 'de', 'de'])
})

t.test('several queues have their common language, or that of the site', async t => {
  const words = new LetterWords({ usual: 'de', directory: '' })
  const [support, sales] = [
    { slug: 'support', locale: 'fr' },
    { slug: 'sales', locale: 'fr' },
  ] as const
  t.equal(words.ofQueues([support, sales]).locale, 'fr')
  t.equal(words.ofQueues([support, { ...sales, locale: 'es' }]).locale, 'de')
  t.equal(words.ofQueues([support, { ...sales, locale: 'auto' }]).locale, 'de')
  t.equal(words.ofQueues([]).locale, 'de')
})
