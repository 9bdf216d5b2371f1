import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

export type Stage = 'greeting' | 'EHLO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'dot'
/**
 * The reply at a stage instead of the usual one; `drop` closes the connection, `hang` says nothing, `drip` says one byte after another,
 * `late` gives the usual reply after a moment, `cut` closes the connection when a letter begins.
 */
export type Script = Partial<Record<Stage, string>>
/** Gives the reply to what was just received: a command, or a mail. */
export type Replying = (stage: Stage, received: string) => string | undefined
export interface ScriptedServer {
  readonly port: number
  /** The received mails, from DATA to the dot. */
  readonly mails: string[]
  /** All received commands. */
  readonly commands: string[]
  /** The pieces in which the mails arrived. */
  readonly pieces: string[]
}

/** An SMTP server with scripted replies that no real server gives. */
export async function smtpServer(t: Test, script: Script | Replying): Promise<ScriptedServer> {
  const replyTo: Replying = typeof script === 'function' ? script : stage => script[stage]
  const mails: string[] = []
  const commands: string[] = []
  const pieces: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    const say = (stage: Stage, usual: string, received = ''): string => {
      const line = replyTo(stage, received) ?? usual
      if (line === 'drop') socket.destroy()
      else if (line === 'late') setTimeout(() => socket.write(`${usual}\r\n`), 50)
      else if (line === 'cut') {
        socket.removeAllListeners('data').once('data', () => socket.destroy())
        socket.write(`${usual}\r\n`)
      } else if (line === 'drip') {
        const drip = setInterval(() => socket.write('2'), 10)
        socket.on('close', () => clearInterval(drip))
      } else if (line === 'hang') return line
      else socket.write(`${line}\r\n`)
      return line
    }
    const usual = {
      EHLO: '250-test\r\n250 AUTH PLAIN',
      STARTTLS: '220 go on',
      AUTH: '235 welcome',
      MAIL: '250 ok',
      RCPT: '250 ok',
      DATA: '354 go on',
    }
    let rest = ''
    let inMail = false
    const take = (end: string): string | undefined => {
      const at = rest.indexOf(end)
      if (at < 0) return undefined
      const found = rest.slice(0, at)
      rest = rest.slice(at + end.length)
      return found
    }
    say('greeting', '220 test')
    socket.on('data', chunk => {
      rest += chunk.toString('latin1')
      if (inMail) pieces.push(chunk.toString('latin1'))
      for (let line = take(inMail ? '\r\n.\r\n' : '\r\n'); line !== undefined; ) {
        if (inMail) {
          inMail = false
          mails.push(line)
          say('dot', '250 kept', line)
        } else {
          commands.push(line)
          const verb = line.split(/[ :]/)[0] as keyof typeof usual
          if (usual[verb]) inMail = say(verb, usual[verb], line).startsWith('354')
          else socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
        }
        line = take(inMail ? '\r\n.\r\n' : '\r\n')
      }
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, mails, commands, pieces }
}
