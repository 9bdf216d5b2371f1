import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket, connect as tcp } from 'node:net'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import t, { type Test } from 'tap'
import { statusCommand } from '../../../../daemon/commands/status_command.ts'
import type { Daemon } from '../../../../daemon/daemon.ts'
import { connect } from '../../../../daemon/shell/client.ts'
import { saidBy, withInput } from '../../../../daemon/shell/command_line.ts'
import type { Letter } from '../../../../data/tables.ts'
import {
  configFor,
  directoryFor,
  house,
  noInput,
  quietEvents,
  SUPPORT,
  sendMail,
  startFor,
  until,
} from '../../../house.ts'
import { kept } from '../kept.ts'

const ROBOT = 'robot@example.net'
const MOST_AN_HOUR = 5
/** More than the letters of an hour. */
const ROUNDS = 8

/** A way to a port that is known later, and that can be cut: an idle connection would delay the stop of a daemon by ten seconds. */
async function wayTo(port: () => number): Promise<{ port: number; cut(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer(from => {
    const to = tcp(port(), '127.0.0.1')
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => other.destroy())
      socket.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const cut = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port: (server.address() as AddressInfo).port, cut }
}

/** A smarthost that answers each letter to the robot with a mail from the robot to the helpdesk, without the letter's header fields. */
async function responder(t: Test, helpdesk: () => number, subjectOf: (letter: string) => string) {
  const heard: string[] = []
  let answers = 0
  let underWay = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onData: (stream, { envelope }, done) => {
      simpleParser(stream).then(({ subject = '' }) => {
        const [to] = envelope.rcptTo
        heard.push(to!.address)
        if (to!.address !== ROBOT) return done()
        underWay++
        done()
        const transport = createTransport({ host: '127.0.0.1', port: helpdesk() })
        const text = `What do you mean by ${++answers}?`
        transport
          .sendMail({ from: to!.address, to: SUPPORT, subject: subjectOf(subject), text })
          .catch(() => {})
          .finally(() => {
            transport.close()
            underWay--
          })
      }, done)
    },
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.server.once('listening', resolve))
  t.teardown(() => new Promise<void>(resolve => server.close(() => resolve())))
  return { port: (server.server.address() as AddressInfo).port, heard, isIdle: () => underWay === 0 }
}

/** A house with an auto-responder that answers its letters. */
async function answered(t: Test, subjectOf: (letter: string) => string) {
  let port = 0
  const robot = await responder(t, () => port, subjectOf)
  const built = await house(t, `smarthost.url = "smtp://127.0.0.1:${robot.port}"`)
  port = built.daemon.smtpPort
  return { ...built, robot }
}

/** Waits until all letters are sent and answered, and no answer has led to another letter. */
async function settled(state: string, isIdle: () => boolean): Promise<void> {
  const allSent = async () => {
    const letters = await kept(state, 'letters')
    const isWaiting = letters.some(
      ({ state, due }) => state === 'waiting' && Date.parse(due) < Date.now() + 1000,
    )
    return isWaiting ? undefined : letters.length
  }
  await until('the loop to end', async () => {
    const before = await allSent()
    return before !== undefined && isIdle() && (await allSent()) === before
  })
}

function most(addresses: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1)
  return Math.max(0, ...counts.values())
}

t.test('a submitter that answers every letter under another subject gets five letters an hour', async t => {
  let subjects = 0
  const { config, mail, robot, log } = await answered(t, () => `Question ${++subjects}`)
  await mail({ from: ROBOT, to: SUPPORT, subject: 'Question' })
  await settled(config.state_dir, robot.isIdle)
  t.equal(robot.heard.filter(to => to === ROBOT).length, MOST_AN_HOUR)
  for (let n = 0; n < ROUNDS; n++) await mail({ from: ROBOT, to: SUPPORT, subject: `More ${n}` })
  await settled(config.state_dir, robot.isIdle)
  t.equal(robot.heard.filter(to => to === ROBOT).length, MOST_AN_HOUR)
  t.ok((await kept(config.state_dir, 'tickets')).length > ROUNDS, 'no mail is lost')
  t.ok(log.some(line => line.includes('letter_held_back') && line.includes(ROBOT)))
})

t.test('an auto-responder gets five letters an hour, at the address of an owner or of a list', async t => {
  for (const role of ['owner', 'list']) {
    await t.test(role, async t => {
      const { config, shell, mail, robot } = await answered(t, subject => `Re: ${subject}`)
      if (role === 'list')
        await shell('change_queue', 'queue=1', `new_ticket_cc=${ROBOT}`, `updated_ticket_cc=${ROBOT}`)
      else {
        await shell('add_user', 'username=robot', `email=${ROBOT}`, 'new_password=a robot has no password')
        await shell('change_queue', 'queue=1', 'default_owner=robot')
      }
      await mail({ from: ROBOT, to: SUPPORT, subject: 'Begin' })
      await settled(config.state_dir, robot.isIdle)
      for (let n = 0; n < ROUNDS; n++) await mail({ from: ROBOT, to: SUPPORT, subject: `More ${n}` })
      await settled(config.state_dir, robot.isIdle)
      t.equal(robot.heard.filter(to => to === ROBOT).length, MOST_AN_HOUR)
    })
  }
})

interface Partner {
  readonly daemon: Daemon
  readonly state: string
  readonly domain: string
  say(...words: string[]): Promise<void>
}

/** A daemon for a domain that sends its letters to another daemon, and whose queue has these CC addresses: by default, all of the other. */
async function partner(
  t: Test,
  domain: string,
  other: { domain: string; port: number },
  copies = `helpdesk@${other.domain},support@${other.domain}`,
  slug = 'support',
) {
  const directory = directoryFor(t)
  mkdirSync(join(directory, 'sent'))
  const config = configFor(
    directory,
    `mail.address = "helpdesk@${domain}"\nsmarthost.url = "smtp://127.0.0.1:${other.port}"`,
  )
  const daemon = await startFor(t, config, quietEvents())
  t.teardown(() => daemon.stop())
  const say = sayer(config.state_dir)
  const words = [
    'add_queue',
    'title=Support',
    `slug=${slug}`,
    `email_address=support@${domain}`,
    `new_ticket_cc=${copies}`,
    `updated_ticket_cc=${copies}`,
  ]
  await say(...words)
  return { daemon, state: config.state_dir, domain, say } satisfies Partner
}

/** Carries out command lines as the operator. */
function sayer(state: string): Partner['say'] {
  return async (...words) => {
    const client = await connect(state, quietEvents())
    const { exit, says } = await client.run(await withInput(saidBy(words), noInput))
    await client.close()
    if (exit !== 0) throw new Error(says)
  }
}

/** Two daemons that send their letters to each other. */
async function pair(t: Test, ...slugs: [string, string]) {
  const toA = await wayTo(() => a.daemon.smtpPort)
  const toB = await wayTo(() => b.daemon.smtpPort)
  const a: Partner = await partner(t, 'a.example', { domain: 'b.example', port: toB.port }, '', slugs[0])
  const b: Partner = await partner(t, 'b.example', { domain: 'a.example', port: toA.port }, '', slugs[1])
  t.teardown(() => {
    toA.cut()
    toB.cut()
  })
  return { a, b }
}

/** The letters of some daemons once all are sent. A letter is sent only after its mail and the letters about it are kept. */
async function lettersAtRest(...partners: Partner[]): Promise<readonly Letter[]> {
  const all = async () => (await Promise.all(partners.map(({ state }) => kept(state, 'letters')))).flat()
  return until('the letters to rest', async () => {
    const [before, after] = [await all(), await all()]
    const isQuiet = [...before, ...after].every(({ state }) => state !== 'waiting')
    return isQuiet && before.length === after.length ? after : undefined
  })
}

for (const [first, second] of [
  ['support', 'support'],
  ['ops', 'help'],
] as const)
  t.test(`two helpdesks (${first}, ${second}) carry the words of agents and fall silent`, async t => {
    const { a, b } = await pair(t, first, second)
    const sent = async () => (await lettersAtRest(a, b)).map(({ event, to }) => `${event} ${to}`)
    const threads = async ({ state }: Partner) =>
      (await kept(state, 'followups')).map(({ ticket, public: open, author }) => [ticket, open, author.kind])
    // So that the numbers of the two differ, and each has a ticket that has the number of the other's and the other as its submitter.
    await b.say('create_ticket', 'queue=1', 'title=Other')
    await a.say('create_ticket', 'queue=1', 'title=The line is down', 'submitter_email=support@b.example')
    t.same(await sent(), ['opened support@b.example'])
    t.match(await kept(b.state, 'tickets'), [{}, { id: 2, submitter_email: 'support@a.example' }])
    t.match((await kept(b.state, 'mails')).at(-1), { verdict: 'automatic', tickets: [2] })

    await b.say('followup', '2', 'public:', 'We are on it.')
    await sent()
    await a.say('create_ticket', 'queue=1', 'title=The mouse is dead', 'submitter_email=support@b.example')
    await a.say('followup', '1', 'public:', 'Thank you.')
    await sent()
    await b.say('resolve', '2:', 'It is up.')
    await sent()
    await a.say('resolve', '1:', 'It is.')
    const letters = (await sent()).sort()
    t.same(letters, [
      'followed_up support@a.example',
      'followed_up support@b.example',
      'opened support@b.example',
      'opened support@b.example',
      'resolved support@a.example',
      'resolved support@b.example',
    ])
    t.equal((await kept(a.state, 'tickets')).length, 2, 'no answer opens a ticket')
    t.match(
      (await kept(b.state, 'tickets')).map(({ title, status }) => [title.replace(/^.*(?=The)/, ''), status]),
      [
        ['Other', 1],
        ['The line is down', 3],
        ['The mouse is dead', 1],
      ],
    )
    const [ofA, ofB] = [await threads(a), await threads(b)]
    const mailed = (all: typeof ofA) => all.filter(([, , kind]) => kind === 'submitter')
    t.same(mailed(ofA), [
      [1, false, 'submitter'],
      [1, false, 'submitter'],
    ])
    t.same(
      mailed(ofB).sort(([one], [other]) => Number(one) - Number(other)),
      [
        [2, true, 'submitter'],
        [2, false, 'submitter'],
        [2, false, 'submitter'],
        [3, true, 'submitter'],
      ],
    )
  })

t.test('two daemons that write to each other stop', async t => {
  const toA = await wayTo(() => a.daemon.smtpPort)
  const toB = await wayTo(() => b.daemon.smtpPort)
  const a: Partner = await partner(t, 'a.example', { domain: 'b.example', port: toB.port })
  const b: Partner = await partner(t, 'b.example', { domain: 'a.example', port: toA.port })
  t.teardown(() => {
    toA.cut()
    toB.cut()
  })
  const toEach = async () => [...(await kept(a.state, 'letters')), ...(await kept(b.state, 'letters'))]
  for (const each of [a, b])
    await sendMail(each.daemon.smtpPort, {
      from: 'ann@example.net',
      to: `support@${each.domain}`,
      subject: `Hello ${each.domain}`,
    })
  // The other daemon refuses the letter to ann. A letter is sent only after its mail and the letters about it are kept.
  const isQuiet = (letters: readonly Letter[]) => letters.every(({ state }) => state !== 'waiting')
  await until('the two to be quiet', async () => {
    const before = await toEach()
    const after = await toEach()
    return isQuiet(before) && isQuiet(after) && before.length === after.length
  })
  const letters = await toEach()
  t.ok(
    letters.some(({ to }) => to.endsWith('@a.example')) &&
      letters.some(({ to }) => to.endsWith('@b.example')),
  )
  t.ok(most(letters.map(({ to }) => to)) <= MOST_AN_HOUR, `${letters.length} letters in all`)
})

t.test(
  'two daemons whose letters lose their header fields on the way write five letters an hour',
  async t => {
    const ports: Record<string, number> = {}
    const stripped = await stripper(t, ports)
    const a = await partner(t, 'a.example', { domain: 'b.example', port: stripped })
    const b = await partner(t, 'b.example', { domain: 'a.example', port: stripped })
    for (const { domain, daemon } of [a, b]) ports[domain] = daemon.smtpPort
    await sendMail(a.daemon.smtpPort, { from: 'ann@example.net', to: 'support@a.example', subject: 'Hello' })
    await until('letters to be held back', async () => {
      const mails = [...(await kept(a.state, 'mails')), ...(await kept(b.state, 'mails'))]
      return mails.filter(({ held_back }) => held_back).length > 10 ? true : undefined
    })
    for (const [each, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const letters = await kept(each.state, 'letters')
      const sent = letters.filter(({ to }) => to === `support@${other.domain}`).length
      t.ok(sent <= MOST_AN_HOUR, `${sent} letters to the address that writes`)
    }
  },
)

/** Forwards each mail to the daemon of its domain, with only From, To and Subject in its header. */
async function stripper(t: Test, ports: Readonly<Record<string, number>>): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onRcptTo: ({ address }, _, done) =>
      done(ports[domain(address)] ? null : Object.assign(new Error('not here'), { responseCode: 550 })),
    onData: (stream, { envelope }, done) => {
      simpleParser(stream)
        .then(async ({ from, subject = '', text = '' }) => {
          const to = envelope.rcptTo[0]!.address
          const transport = createTransport({ host: '127.0.0.1', port: ports[domain(to)]! })
          const sender = from!.value[0]!.address!
          await transport.sendMail({ from: sender, to, subject, text })
          transport.close()
        })
        .then(() => done(), done)
    },
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.server.once('listening', resolve))
  t.teardown(() => new Promise<void>(resolve => server.close(() => resolve())))
  return (server.server.address() as AddressInfo).port
}

function domain(address: string): string {
  return address.slice(address.indexOf('@') + 1)
}

t.test('letters from before a restart count, and letters that are held back are listed', async t => {
  const built = await house(t)
  const mail = (n: number, port = built.daemon.smtpPort) =>
    sendMail(port, { from: ROBOT, to: SUPPORT, subject: `Question ${n}`, text: 'Buy this!' })
  for (let n = 0; n < 4; n++) await mail(n)
  await built.daemon.stop()
  const again = await startFor(t, built.config, built.events)
  t.teardown(() => again.stop())
  for (let n = 4; n < 9; n++) await mail(n, again.smtpPort)
  const letters = await kept(built.config.state_dir, 'letters')
  t.equal(letters.filter(({ to }) => to === ROBOT).length, MOST_AN_HOUR)
  t.match(
    letters.filter(({ event }) => event === 'held_back'),
    { length: 1, 0: { to: 'susan@example.org' } },
    'the administrator gets one letter about it',
  )
  t.match(await kept(built.config.state_dir, 'mails'), {
    5: { held_back: [/^No letter to robot@example\.net about ticket 6: /] },
  })
  t.match(
    (await statusCommand(built.config, built.events)).says,
    /; [1-9] letters? held back \(list_held_back\)/,
  )
  const response = await fetch(`http://127.0.0.1:${again.httpPort}/metrics`)
  t.match(await response.text(), /^helpdeskd_letters_held_back_total\{cap="address"\} [1-9]/m)
  await again.stop()
  const third = await startFor(t, built.config, built.events)
  t.teardown(() => third.stop())
  await mail(9, third.smtpPort)
  const toRobot = (await kept(built.config.state_dir, 'letters')).filter(({ to }) => to === ROBOT)
  t.equal(toRobot.length, MOST_AN_HOUR)
})

t.test(
  'an acknowledgement contains the number and a short title of the ticket, and no text of the mail',
  async t => {
    const { daemon, letters } = await house(t)
    const title = `Cheap pills at pills.example ${'and more '.repeat(20)}`.trim()
    await sendMail(daemon.smtpPort, {
      from: 'victim@example.net',
      to: SUPPORT,
      subject: title,
      text: 'Buy our pills at http://pills.example/',
      attachments: [{ filename: 'pills.txt', content: 'Buy!' }],
    })
    const [letter] = await letters(2)
    const { subject = '', text = '' } = await simpleParser(letter!)
    t.match(subject, /^\[support-1\] Cheap pills at pills\.example and more .*…$/)
    t.ok(subject.length < 110)
    t.notMatch(text, /Buy|http:|pills\.txt/)
    t.match(text, /^Thank you, your request has arrived\. Its number is 1\./m)
  },
)

t.test('a mail after three letters of helpdesks does nothing', async t => {
  const { daemon, config } = await house(t)
  const send = (value: string) =>
    sendMail(daemon.smtpPort, {
      from: ROBOT,
      to: SUPPORT,
      subject: `Loop ${value}`,
      headers: { 'X-Helpdesk-Loop': value },
    })
  for (const [value, hops] of [
    ['0123456789abcdef', 1],
    ['0123456789abcdef 2', 2],
    ['x y z', 1],
  ] as const) {
    t.match(await send(value), /^250 /)
    t.match((await kept(config.state_dir, 'mails')).at(-1), { verdict: 'automatic' })
    t.equal((await kept(config.state_dir, 'followups')).at(-1)!.hops, hops)
  }
  t.match(await send('0123456789abcdef 3'), /^250 /)
  t.match((await kept(config.state_dir, 'mails')).slice(3), [{ verdict: 'loop', tickets: [] }])
  t.equal((await kept(config.state_dir, 'followups')).length, 3)
})
