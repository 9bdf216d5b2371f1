import type { AddressInfo } from 'node:net'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { MIB } from '../../data/sizes.ts'

// The mail server that the mail door is compared with: the same library with the same options, which parses each mail and does nothing
// with it.

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  size: 25 * MIB,
  hideSMTPUTF8: true,
  lenientAddressParsing: true,
  disableReverseLookup: true,
  logger: false,
  onData: (stream, _, done) => {
    simpleParser(stream).then(() => done(), done)
  },
})
server.on('error', () => {})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.server.address() as AddressInfo).port }))
