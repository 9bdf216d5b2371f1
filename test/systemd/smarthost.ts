// Run in the network of the machine: a smarthost with TLS on port 465 that prints the login and the letter of the first message, and ends.
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

const [cert = '', key = ''] = process.argv.slice(2)
let login = ''
const server = new SMTPServer({
  secure: true,
  cert: readFileSync(cert),
  key: readFileSync(key),
  disableReverseLookup: true,
  onAuth: ({ username, password }, _session, done) => {
    login = `${username}:${password}`
    done(null, { user: username })
  },
  onData: async (stream, _session, done) => {
    const letter = await text(stream)
    done()
    // It does not wait for the daemon, which keeps the connection for the next letter.
    process.stdout.write(JSON.stringify({ login, letter }), () => process.exit())
  },
})
server.listen(465, '127.0.0.1')
