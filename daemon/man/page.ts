import { roffText, section, words } from './mdoc.ts'

/** A manual page: its name and section, a few words about it, and its sections in mdoc. */
export interface ManualPage {
  readonly name: string
  readonly chapter: 1 | 5 | 7 | 8
  readonly about: string
  readonly body: readonly string[]
}
/** What the head of a page says about the program. */
export interface Release {
  readonly version: string
  /** The day of the release, in UTC. */
  readonly date: Date
}

/** The file of a page. */
export function fileOf({ name, chapter }: Pick<ManualPage, 'name' | 'chapter'>): string {
  return `${name}.${chapter}`
}

/** A page as its file has it, in ASCII. */
export function written({ name, chapter, about, body }: ManualPage, { version, date }: Release): string {
  const day = date.toLocaleDateString('en-US', { dateStyle: 'long', timeZone: 'UTC' })
  const lines = [
    '.\\" Made by the build of helpdeskd; changes are lost.',
    `.Dd ${roffText(day)}`,
    `.Dt ${roffText(name.toUpperCase())} ${chapter}`,
    `.Os ${words(`helpdeskd ${version}`)}`,
    section('Sh', 'NAME'),
    `.Nm ${roffText(name)}`,
    `.Nd ${words(about)}`,
    ...body,
  ]
  return `${lines.join('\n')}\n`
}

/** The references at the end of a page, without the page itself; in the order of sections, as mdoc(7) has it. */
export function seeAlso(itself: string, others: readonly (readonly [string, number])[] = []): string[] {
  const all = [...OURS, ...others]
    .filter(([name, chapter]) => `${name}.${chapter}` !== itself)
    .sort(([a, one], [b, other]) => one - other || (a < b ? -1 : 1))
  const last = all.length - 1
  return [
    section('Sh', 'SEE ALSO'),
    ...all.map(([name, chapter], at) => `.Xr ${roffText(name)} ${chapter}${at < last ? ' ,' : ''}`),
  ]
}
const OURS: readonly (readonly [string, number])[] = [
  ['helpdeskd', 1],
  ['helpdeskd.toml', 5],
  ['helpdeskd-mail', 7],
  ['helpdeskd', 8],
]
