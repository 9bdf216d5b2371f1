import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import { DIRECTORY_MODE, writeDurably } from '../../../data/disk.ts'
import type { Smarthost } from './smarthost.ts'

/** Writes each letter to `NUMBER.eml` in a directory, durably. */
export function letterFiles(path: string): Smarthost {
  const transport = createTransport({ streamTransport: true })
  return {
    send: async (id, letter) => {
      try {
        await mkdir(path, { recursive: true, mode: DIRECTORY_MODE })
        const { message } = await transport.sendMail({ ...letter, newline: 'windows' })
        const file = join(path, `${id}.eml`)
        await writeDurably(file, `${file}.${randomUUID()}`, message as Readable)
        return { state: 'sent', reply: `written to ${file}` }
      } catch (error) {
        return { state: 'down', reply: (error as Error).message }
      }
    },
    close: () => transport.close(),
  }
}
