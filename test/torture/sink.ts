import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { Test } from 'tap'

/** A smarthost that accepts and counts every letter. */
export interface Sink {
  readonly port: number
  /** How often each Message-ID came. */
  readonly letters: ReadonlyMap<string, number>
  /** The return path of each letter. */
  readonly returnPaths: ReadonlyMap<string, string>
  /** The Message-ID of the first letter to an address. */
  first(address: string): string | undefined
}

export async function openSink(t: Test): Promise<Sink> {
  const letters = new Map<string, number>()
  const returnPaths = new Map<string, string>()
  const firsts = new Map<string, string>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onData: (stream, { envelope: { mailFrom, rcptTo } }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', chunk => chunks.push(chunk))
      stream.on('end', () => {
        const id = /^Message-ID: (\S+)/im.exec(Buffer.concat(chunks).toString())?.[1] ?? '(none)'
        letters.set(id, (letters.get(id) ?? 0) + 1)
        returnPaths.set(id, mailFrom ? mailFrom.address : '')
        for (const { address } of rcptTo) if (!firsts.has(address)) firsts.set(address, id)
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise<void>(resolve => server.close(() => resolve())))
  return {
    port: (server.server.address() as AddressInfo).port,
    letters,
    returnPaths,
    first: address => firsts.get(address),
  }
}
