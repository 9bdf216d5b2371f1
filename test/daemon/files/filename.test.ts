import t from 'tap'
import { safeFilename } from '../../../daemon/files/filename.ts'

/** In milliseconds, with a margin for a loaded machine; quadratic code took seconds to minutes. */
const PATIENCE_MILLISECONDS = 500

t.test('a name of any length becomes safe quickly', async t => {
  const marks = '\u0301\u0323'.repeat(500_000)
  const names = {
    dots: [`${'.'.repeat(150_000)}x`, 'x'],
    'dots at the end': [`a${'. '.repeat(500_000)}`, 'a'],
    marks: [`a${marks}.txt`, /\.txt$/],
    'a path': [`C:\\${'very long\\'.repeat(100_000)}the last.txt`, 'the last.txt'],
    'a long name': [`${'x'.repeat(1_000_000)}.pdf`, `${'x'.repeat(116)}.pdf`],
    controls: [`${'\u0001'.repeat(1_000_000)}a.txt`, 'a.txt'],
  } as const
  for (const [what, [given, safe]] of Object.entries(names)) {
    const started = performance.now()
    const found = safeFilename(given)
    const took = performance.now() - started
    t.match(found, safe, what)
    t.ok(took < PATIENCE_MILLISECONDS, `${what}: ${took.toFixed(1)} ms`)
  }
})

t.test('all of a short name is used', async t => {
  const name = `${'a'.repeat(950)}/report.tar.gz`
  t.equal(safeFilename(name), 'report.tar.gz')
  for (const name of ['', ' ', '\u200b', '\u00a0', '\u3164\u2800']) t.equal(safeFilename(name), 'attachment')
  t.equal(safeFilename('..com1.txt.. '), '_com1.txt')
})
