// What `npm version` does, in a repository of its own.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { needs } from '../tools.ts'
import { copyOfSources } from './sources.ts'

t.setTimeout(600_000)
t.test('npm version releases what is unreleased', { skip: needs('git', 'npm', 'bash') }, async t => {
  const cwd = copyOfSources(t)
  const run = (program: string, ...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, words, { cwd, encoding: 'utf8', env: environment })
    return { status, out: stdout.trim(), err: stderr }
  }
  const git = (...words: string[]) => run('git', ...words).out
  const changelog = () => readFileSync(join(cwd, 'CHANGELOG.md'), 'utf8')
  // Neither the settings of this machine nor the loader of tap.
  const environment = {
    PATH: process.env.PATH,
    HOME: cwd,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.org',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.org',
  }
  writeFileSync(join(cwd, '.gitignore'), 'node_modules\n.npm/\n')
  writeFileSync(join(cwd, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n### Store\n\n- A change.\n')
  git('init', '-q')
  git('add', '.')
  t.equal(run('git', 'commit', '-qm', 'first').status, 0)

  const first = run('npm', 'version', 'minor')
  t.match(first, { status: 0 }, first.err)
  const { version } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'))
  t.match(
    changelog(),
    new RegExp(
      `^# Changelog\n\n## Unreleased\n\n## ${version} – \\d{4}-\\d\\d-\\d\\d\n\n### Store\n\n- A change.\n$`,
    ),
  )
  t.equal(git('tag', '--points-at', 'HEAD'), `v${version}`)
  t.equal(git('log', '-1', '--format=%s'), `release: version ${version}`)
  t.equal(git('status', '--porcelain'), '')

  const second = run('npm', 'version', 'minor')
  t.not(second.status, 0, 'there is nothing to release')
  t.match(second.err, /There is nothing below "## Unreleased" in CHANGELOG.md/)
  t.equal(git('status', '--porcelain'), '')
  t.equal(git('tag'), `v${version}`)
})
