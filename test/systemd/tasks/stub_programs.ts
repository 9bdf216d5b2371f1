import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { Ended } from '../../program.ts'

/** What a program of this name does in the test: it gets its arguments and its standard input. */
export type Stub = (words: readonly string[], input: string) => Promise<Ended>

/**
 * Makes a directory for PATH whose programs are carried out by the test itself, one at a time: what they stand for takes too long to start
 * for each command, or would change this machine. Gives the path of the directory.
 */
export async function stubPrograms(
  t: Test,
  directory: string,
  stubs: Readonly<Record<string, Stub>>,
): Promise<string> {
  const [bin, path] = [join(directory, 'bin'), join(directory, 'stubs.sock')]
  mkdirSync(bin)
  for (const name of Object.keys(stubs)) writeFileSync(join(bin, name), scriptOf(name, path), { mode: 0o755 })
  let before: Promise<unknown> = Promise.resolve()
  const server = createServer(async (request, response) => {
    const [words = '', input = ''] = (await text(request)).split('\0\0')
    const stub = stubs[request.url!.slice(1)]!
    before = before.then(async () => {
      const { exit, out, err } = await stub(words.split('\0'), input).catch(faultOf)
      response.end(`${exit}\n${out}${err}`)
    })
  })
  await new Promise<void>(resolve => server.listen(path, resolve))
  t.teardown(() => server.close())
  return bin
}

function faultOf(error: unknown): Ended {
  return { exit: 70, out: '', err: String(error) }
}

/** A program of its own would take longer to start than what it stands for. */
function scriptOf(name: string, path: string): string {
  return `#!/bin/bash
{ printf '%s\\0' "$@" ''; cat; } |
  curl -sS --unix-socket '${path}' --data-binary @- 'http://stub/${name}' |
  { read -r code; cat; exit "$code"; }
`
}
