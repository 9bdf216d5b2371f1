import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { parseConfig } from '../../daemon/config/config.ts'
import { ROOT } from '../program.ts'
import { copied, stages, wordsOf } from './containerfile.ts'
import { dotted, recipe } from './recipe.ts'

const [build = [], final = []] = stages()
const { bin, engines, scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'))

t.test('it builds with what a clone has, by the scripts of package.json', async t => {
  for (const name of copied(build).flatMap(({ sources }) => sources)) t.ok(existsSync(join(ROOT, name)), name)
  const run = wordsOf(build, 'RUN').flat().join(' ')
  for (const [, script = ''] of run.matchAll(/npm run (\S+)/g)) t.ok(scripts[script], script)
  t.match(run, /npm ci .*npm run build .*npm prune --omit=dev/)
})

t.test('its build has each file that the manual pages read', async t => {
  const had = copied(build).flatMap(({ sources, to }) =>
    sources.map(name => (to.endsWith('/') ? join(to, basename(name)) : to)),
  )
  const pages = readdirSync(join(ROOT, 'daemon/man')).map(name =>
    readFileSync(join(ROOT, 'daemon/man', name), 'utf8'),
  )
  const read = pages.flatMap(text =>
    [...text.matchAll(/sourceFile\('([^']+)'\)/g)].map(([, path = '']) => path),
  )
  t.ok(read.length > 0)
  for (const path of read)
    t.ok(
      had.some(name => path === name || path.startsWith(`${name}/`)),
      path,
    )
})

t.test('both stages have the same Node, which is new enough', async t => {
  const images = [build, final].flatMap(stage => wordsOf(stage, 'FROM').map(([image = '']) => image))
  const [major] = /\d+/.exec(engines.node)!
  t.equal(images.length, 2)
  t.equal(images[0], images[1])
  t.ok(Number(/^node:(\d+)-slim$/.exec(images[0]!)![1]) >= Number(major))
})

t.test('it runs the program as a user who may write to the volume only', async t => {
  const run = wordsOf(final, 'RUN').flat().join(' ')
  const [[user = ''] = []] = wordsOf(final, 'USER')
  const [[volume = ''] = []] = wordsOf(final, 'VOLUME')
  t.not(user, 'root')
  t.match(run, new RegExp(`useradd .* ${user} `))
  t.match(run, `install -d -o ${user} -g ${user} -m 700 ${volume} `)
  t.match(run, `ln -s ../lib/helpdeskd/${bin.helpdeskd} /usr/bin/helpdeskd`)
  t.same(wordsOf(final, 'ENTRYPOINT'), [['["helpdeskd"]']])
  const { store } = readConfig('')
  t.equal(volume, store)
})

t.test('its ports are those that its health check and the README use', async t => {
  const [toml = '', commands = ''] = recipe('In a container')
  const { ports } = readConfig(dotted(toml))
  const [exposed = []] = wordsOf(final, 'EXPOSE')
  t.same(exposed, ports)
  for (const port of ports) t.match(commands, new RegExp(`--publish \\d+:${port} `))
  const health = wordsOf(final, 'HEALTHCHECK').flat().join(' ')
  t.match(health, `http://127.0.0.1:${ports[0]}/healthz`)
})

/** The state directory and the ports of a configuration. */
function readConfig(toml: string): { store: string; ports: string[] } {
  const config = parseConfig(`mail.address = "a@example.org"\nsmtp.hostname = "a.example.org"\n${toml}`, '')
  const listens = [config['http.listen'], config['smtp.listen']].flat()
  return {
    store: config.state_dir,
    ports: listens.flatMap(listen => ('port' in listen ? [String(listen.port)] : [])),
  }
}
