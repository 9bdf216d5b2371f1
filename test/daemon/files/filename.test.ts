import t from 'tap'
import { safeFilename } from '../../../daemon/files/filename.ts'
import { growthOf } from '../../growth.ts'

t.test('a name of any length becomes safe in linear time', async t => {
  const names = {
    dots: [n => `${'.'.repeat(n)}x`, 'x'],
    'dots at the end': [n => `a${'. '.repeat(n / 2)}`, 'a'],
    marks: [n => `a${'\u0301\u0323'.repeat(n / 2)}.txt`, /\.txt$/],
    'a path': [n => `C:\\${'very long\\'.repeat(n / 10)}the last.txt`, 'the last.txt'],
    'a long name': [n => `${'x'.repeat(n)}.pdf`, `${'x'.repeat(116)}.pdf`],
    controls: [n => `${'\u0001'.repeat(n)}a.txt`, 'a.txt'],
  } as const satisfies Record<string, readonly [(n: number) => string, unknown]>
  for (const [what, [nameOf, safe]] of Object.entries(names)) {
    t.match(safeFilename(nameOf(1_000_000)), safe, what)
    const growth = await growthOf(10_000, n => {
      const name = nameOf(n)
      return () => safeFilename(name)
    })
    t.equal(growth, 'linear', what)
  }
})

t.test('all of a short name is used', async t => {
  const name = `${'a'.repeat(950)}/report.tar.gz`
  t.equal(safeFilename(name), 'report.tar.gz')
  for (const name of ['', ' ', '\u200b', '\u00a0', '\u3164\u2800']) t.equal(safeFilename(name), 'attachment')
  t.equal(safeFilename('..com1.txt.. '), '_com1.txt')
})
