import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { openStore } from '../../../data/json/open.ts'
import type { JsonStore } from '../../../data/json/store.ts'
import { copyState, directoryFor, quietStore } from '../../house.ts'
import { ticket } from '../records.ts'

export const open = (directory: string, events = quietStore) =>
  openStore(directory, events) as Promise<JsonStore>

/** Opens a store, which is closed after the test even if it fails. */
export async function opened(t: Test, directory: string, events = quietStore): Promise<JsonStore> {
  const store = await open(directory, events)
  t.teardown(() => store.close())
  return store
}

/** The content of a store as if the process died now: opened from a copy of its directory. */
export async function crashed(t: Test, directory: string): Promise<JsonStore> {
  const copy = join(directoryFor(t), 'copy')
  copyState(directory, copy)
  return opened(t, copy)
}

export const add = (store: JsonStore, title = '') =>
  store.transact(tx => tx.add('tickets', ticket({ title })))
export const titles = (store: JsonStore) =>
  store.read(async tx => (await tx.find('tickets', {})).map(({ title }) => title))
export const journalsOf = (directory: string) =>
  readdirSync(directory)
    .filter(name => name.endsWith('.journal'))
    .sort()
export const isJournal = (path: string) => path.endsWith('.journal')
export const isSnapshot = (path: string) => path.endsWith('.json.tmp')
export const snapshotOf = (directory: string) => readFileSync(join(directory, 'helpdesk.json'), 'utf8')
export const nothingYet = () => new Promise(resolve => setTimeout(resolve, 30))

/** The files below a directory that contain some text. */
export function filesWith(directory: string, text: string): string[] {
  mkdirSync(directory, { recursive: true })
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => readFileSync(path).includes(text))
}
