import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { ROOT } from './program.ts'
import { flowFiles, written } from './readme.ts'

const README = `${ROOT}README.md`
// `npm run readme` sets it.
if (process.env.README === 'write') writeFileSync(README, written(readFileSync(README, 'utf8')))
const readme = readFileSync(README, 'utf8')

t.test('the README says what the tables say', async t => {
  t.equal(readme, written(readme), '"npm run readme" writes it anew')
})

t.test('every file of the two flows is there', async t => {
  const files = flowFiles(readme)
  t.ok(files.length > 20)
  for (const file of files) t.ok(existsSync(`${ROOT}${file}`), file)
})

t.test('every dependency is accounted for', async t => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) t.match(readme, `\`${name}\``)
})

t.test('the layout names every folder', async t => {
  for (const folder of ['daemon', 'handlers', 'data']) {
    for (const entry of readdirSync(`${ROOT}${folder}`, { withFileTypes: true }))
      if (entry.isDirectory()) t.match(readme, `${entry.name}/`)
  }
})
