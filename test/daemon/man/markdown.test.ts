import t from 'tap'
import { belowHeading, mdocOf } from '../../../daemon/man/markdown.ts'
import { releaseOf } from '../../../daemon/man/release.ts'

t.test('the lines below a heading, with lower headings', async t => {
  const readme = '# A\none\n## B\ntwo\n### C\nthree\n## D\nfour'
  t.same(belowHeading(readme, 'B'), ['two', '### C', 'three'])
  t.same(belowHeading(readme, 'D'), ['four'])
  t.throws(() => belowHeading(readme, 'E'), /there is no heading E/)
})

t.test('blocks of Markdown', async t => {
  const markdown = `One
paragraph.

Another:

    .code

- first
  item
- second

1. third

### Below

\`\`\`sh
a

b
\`\`\`

| File | What |
| --- | --- |
| \`a\\|b\` | a file |

| Who | Reads | Writes |
| --- | --- | --- |
| all | yes | no |

<!-- made -->
old
<!-- end made -->
end`
  t.same(mdocOf(markdown.split('\n'), { made: ['.Nm new'] }), [
    'One paragraph.',
    '.Pp',
    'Another:',
    ...['.Bd -literal -offset 2n', '\\&.code', '.Ed'],
    ...['.Bl -bullet -width 2n', '.It', 'first item', '.It', 'second', '.El'],
    ...['.Bl -enum -width 2n', '.It', 'third', '.El'],
    '.Ss Below',
    ...['.Bd -literal -offset 2n', 'a', '', 'b', '.Ed'],
    ...['.Bl -tag -width Ds', '.It So a|b Sc', 'a file', '.El'],
    ...['.Bl -tag -width Ds', '.It No all', 'Reads: yes.', '.Pp', 'Writes: no.', '.El'],
    '.Nm new',
    '.Pp',
    'end',
  ])
})

t.test('a part without its end, and an unknown one', async t => {
  t.throws(() => mdocOf(['<!-- a -->', 'b']), /<!-- a --> has no end/)
  t.throws(() => mdocOf(['<!-- a -->', '<!-- end a -->']), /there is no part a/)
  t.throws(() => mdocOf(['```', 'b']), /``` has no end/)
})

t.test('the date of the pages is that of the release', async t => {
  const changelog = '# Changelog\n\n## Unreleased\n\n## 1.2.0 – 2027-03-04\n\n## 1.1.0 – 2027-01-01\n'
  t.same(releaseOf('1.2.0', changelog), { version: '1.2.0', date: new Date('2027-03-04') })
  t.same(releaseOf('0.1.0', '## Unreleased\n'), releaseOf('0.1.0', '## Unreleased\n\n### At work\n'))
})
