import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { directoryFor } from '../house.ts'
import { ROOT } from '../program.ts'

/** A copy of what a clone has, except for the tests, with the installed packages. */
export function copyOfSources(t: Test): string {
  const copy = directoryFor(t)
  const names = [
    'data',
    'handlers',
    'daemon',
    'systemd',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
  ]
  for (const name of [...names, '.npmrc', '.gitignore', 'README.md', 'CHANGELOG.md', 'LICENSE'])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  return copy
}
