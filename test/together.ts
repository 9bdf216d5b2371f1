import { join } from 'node:path'
import t from 'tap'

// Runs the tests of the files that are named, one after the other. The first test loads all files, so that none is loaded while a test
// of another runs. A time limit, which a file can set, would hold for all.
void t.test('the files are loaded', async () => {
  for (const path of process.argv.slice(2)) await import(join(import.meta.dirname, path))
})
