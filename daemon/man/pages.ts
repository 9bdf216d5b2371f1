import { version } from '../version.ts'
import { mailPage } from './by_mail.ts'
import { commandLinePage } from './command_line.ts'
import { configurationPage } from './helpdeskd_toml.ts'
import { fileOf, written } from './page.ts'
import { releaseOf } from './release.ts'
import { servicePage } from './service.ts'
import { sourceFile } from './source_file.ts'

/** The manual pages, by the names of their files. */
export function manualPages(): ReadonlyMap<string, string> {
  const release = releaseOf(version(), sourceFile('CHANGELOG.md'))
  const pages = [commandLinePage(), configurationPage(), mailPage(), servicePage()]
  return new Map(pages.map(page => [fileOf(page), written(page, release)]))
}
