import fc from 'fast-check'
import t from 'tap'
import { messageHtml } from '../../../../../daemon/mail/out/html/message_html.ts'
import { quoteOf } from '../../../../../daemon/mail/out/quote.ts'
import type { Followup } from '../../../../../data/tables.ts'
import { runs } from '../../../../runs.ts'

const byPost = (text: string) => messageHtml({ door: 'http' }, text)

t.test('a message by the http door with a tag of the list is HTML', async t => {
  t.same(byPost('<p>One</p><p>Two &lt; 3</p>'), {
    html: '<p>One</p><p>Two &lt; 3</p>',
    text: 'One\n\nTwo < 3',
  })
  t.same(
    byPost('Dear Maria,\n\nplease <b>restart</b> it.'),
    {
      html: 'Dear Maria,<br />\n<br />\nplease <b>restart</b> it.',
      text: 'Dear Maria,\n\nplease restart it.',
    },
    'line ends count among tags within lines',
  )
  t.match(byPost('<a href="https://example.org/a?b=1&amp;c=2">the page</a>'), {
    html: '<a href="https://example.org/a?b=1&amp;c=2">the page</a>',
    text: 'the page <https://example.org/a?b=1&c=2>',
  })
})

t.test('all else is plain text', async t => {
  for (const text of [
    'a < b and c > d',
    'x <y> z',
    '<script>alert(1)</script>',
    '<bold>',
    'if (a<b) b>c',
    'if a<b and c>d then',
    '<script>alert(1)</script><b></b>',
    '<3',
    '',
  ])
    t.equal(byPost(text), undefined, text)
  for (const door of ['mail', 'shell', 'daemon'] as const)
    t.equal(messageHtml({ door }, '<p>One</p>'), undefined, door)
})

t.test('no line of it makes mail programs hide what is below', async t => {
  const quote = (door: 'http' | 'mail', comment: string) => quoteOf({ door, comment } as Followup)
  t.same(quote('mail', 'Done.\n-- \nFred'), { text: 'Done.\n--\nFred', isWhole: true })
  t.equal(quote('http', '<b>Done.</b>\n-- \nFred').text, 'Done.\n--\nFred')
})

t.test('no word is taken for a tag, or goes along with one', async t => {
  for (const [written, shown] of [
    ['Write to <b>Bo</b> <bo@example.org>.', 'Write to Bo <bo@example.org>.'],
    [
      '<p>See <https://example.org/a> or <mailto:bo@example.org>.',
      'See <https://example.org/a> or <mailto:bo@example.org>.',
    ],
    ['Run <code>ssh <your name>@host</code> & <enter>.', 'Run ssh <your name>@host & <enter>.'],
    [
      'Put <b>this</b> into <script> or <STYLE>, and restart.',
      'Put this into <script> or <STYLE>, and restart.',
    ],
    ['<p>a</p><!-- b <p>c</p>', 'a\n\n<!-- b\n\nc'],
    ['<p>a<xmp>b</xmp>c<xmp>d</p>', 'ac<xmp>d'],
    ['<p>a<o:p>b</o:p><font color="red">c</font></p>', 'abc'],
    ['See <a\nhref="https://example.org/">this</a>\nnow', 'See this <https://example.org/>\nnow'],
  ] as const)
    t.equal(byPost(written)?.text, shown, written)
})

/** What an attacker writes, and what a letter has of it. */
const cases: readonly (readonly [string, string])[] = [
  ['<p>a<script>alert(1)</script>b</p>', '<p>ab</p>'],
  ['<p>a<style>p{color:red}</style>b</p>', '<p>ab</p>'],
  ['<p>a<xmp><img src=x onerror=alert(1)></xmp>b</p>', '<p>ab</p>'],
  ['<p>a<noscript><p title="</noscript><img src=x onerror=alert(1)>">b</p>', '<p>a</p>'],
  ['<p>a<svg><a href="javascript:alert(1)">x</a></svg>b</p>', '<p>ab</p>'],
  ['<p style="position:fixed" class="x" onclick="alert(1)" id="x">a</p>', '<p>a</p>'],
  ['<b>a</b><img src="https://example.org/seen.gif">', '<b>a</b>'],
  ['<a href="javascript:alert(1)">x</a>', '<a>x</a>'],
  ['<a href=" java\nscript:alert(1)">x</a>', '<a>x</a>'],
  ['<a href="data:text/html,x">x</a>', '<a>x</a>'],
  ['<a href="//example.org/">x</a>', '<a>x</a>'],
  ['<a href="/admin">x</a>', '<a>x</a>'],
  ['<a href="mailto:maria@example.net" target="_top">x</a>', '<a href="mailto:maria@example.net">x</a>'],
  ['<b>a</b><form action="https://example.org"><input name="password"></form>', '<b>a</b>'],
  ['<b>a</b><!-- <p>b</p> --><iframe src="https://example.org"></iframe>', '<b>a</b>'],
  ['</div></body></html><p>a</p>', '<p>a</p>'],
  ['<b>a<a href="https://example.org', '<b>a</b>'],
]

t.test('nothing of it runs, loads or dresses up', async t => {
  for (const [written, kept] of cases) t.equal(byPost(written)?.html, kept, written)
})

t.test('whatever is written, only tags of the list stay, each closed', async t => {
  const piece = fc.constantFrom(
    ...'< > " \' = / <!-- --> <![CDATA[ &lt; &#60; a b p xmp svg math style script href onclick javascript: https://x'.split(
      ' ',
    ),
    ...[
      '<p>',
      '<b>',
      '</b>',
      '<a href="',
      '<a href=https://example.org/ x=">',
      '<xmp>',
      '</xmp>',
      '<svg>',
      '<table>',
      ' ',
      '\n',
      '\0',
    ],
  )
  const written = fc.array(piece, { maxLength: 30 }).map(all => `<p>x${all.join('')}`)
  const tag = /^<\/?(?:p|b|a|br|table)(?: href="(?:https?:\/\/|mailto:)[^"<>]*")?(?: \/)?>$/
  fc.assert(
    fc.property(written, text => {
      const { html } = byPost(text)!
      const tags = html.match(/<[^>]*>?/g) ?? []
      t.same(
        tags.filter(one => !tag.test(one)),
        [],
        text,
      )
      const count = (found: RegExp) => tags.filter(one => found.test(one)).length
      t.equal(count(/^<[^/][^/]*(?:href=.*)?[^/]>$|^<[pab]>$/), count(/^<\//), text)
    }),
    runs(300),
  )
})

t.test('16 KiB of it take little time at any depth', async t => {
  for (const piece of [
    '<div>',
    '<b>',
    '<',
    '<a href="',
    '<table><tr><td>',
    '</b>',
    '<!--',
    '<b x',
    '&amp',
    '<b ',
  ]) {
    const before = performance.now()
    byPost(`<b>${piece.repeat(16_384 / piece.length)}`)
    t.ok(performance.now() - before < 1000, piece)
  }
})
