import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ParsedMail, simpleParser } from 'mailparser'
import { type House, until } from '../../house.ts'

/** Waits until the letter with this number is sent; gives what its reader sees. */
export async function sentLetter({ directory }: Pick<House, 'directory'>, id: number): Promise<ParsedMail> {
  const path = join(directory, 'sent', `${id}.eml`)
  await until(`letter ${id}`, () => existsSync(path) || undefined)
  return simpleParser(readFileSync(path, 'utf8'))
}
