import { fstatSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { withPath } from '../../data/disk.ts'
import { Failure } from '../../data/failure.ts'
import { MOST_BYTES } from './message.ts'

const STDIN = 0
const STDIN_NAME = 'Standard input'

/** Where a command gets what is not in its words. */
export interface Input {
  /** A whole text; empty if there is none. */
  text(): Promise<string>
  /** A secret; `name` is its parameter. Throws Failure `invalid` if it is missing. */
  secret(name: string): Promise<string>
}

/** Standard input. A file, pipe or socket has a text, which is read to its end; a terminal or a closed input has none. */
export const standardInput: Input = {
  text: async () => (isFileOrPipe() ? readAll() : ''),
  secret: readSecret,
}

function isFileOrPipe(): boolean {
  try {
    const input = fstatSync(STDIN)
    return input.isFile() || input.isFIFO() || input.isSocket()
  } catch {
    return false
  }
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size > MOST_BYTES)
        throw new Failure('too_large', `${STDIN_NAME} is too large; give at most ${MOST_BYTES} bytes.`)
    }
  } catch (error) {
    throw withPath(error, STDIN_NAME)
  }
  return Buffer.concat(chunks).toString()
}

/** Reads one line; on a terminal, asks for it and does not echo it. */
async function readSecret(name: string): Promise<string> {
  const terminal = process.stdin.isTTY === true
  // The interface turns the echo off, so it comes before the prompt: people may type as soon as they see that.
  const lines = createInterface({ input: process.stdin, terminal })
  if (terminal) process.stderr.write(`${name}: `)
  const line = await new Promise<string>((resolve, reject) => {
    lines.once('error', error => reject(withPath(error, STDIN_NAME)))
    lines.once('line', resolve)
    lines.once('close', () => resolve(''))
  })
  lines.close()
  if (terminal) process.stderr.write('\n')
  if (line === '') throw new Failure('invalid', `${name} is missing; give it on standard input.`)
  return line
}
