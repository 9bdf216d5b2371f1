import t, { type Test } from 'tap'
import { EXIM, startExim } from '../../../exim.ts'
import { directoryFor, FRED, furnishUsually, house, SUSAN, until } from '../../../house.ts'
import { POSTFIX, startPostfix } from '../../../postfix.ts'
import { freePort } from '../../../program.ts'
import { without } from '../../../tools.ts'
import { kept } from '../kept.ts'
import { smtpServer } from '../smtp_script.ts'
import { quickLetters } from './quick_letters.ts'

const HOST = 'mx.helpdesk.example'
/** Where the smarthost hands on what it takes: to the helpdesk, and to the mail server of everybody else. */
interface Next {
  readonly helpdesk: number
  readonly others: number
}
interface Server {
  readonly needs: readonly string[]
  /** Gives its port. */
  start(t: Test, next: Next): Promise<number>
}

const servers: Readonly<Record<string, Server>> = {
  Postfix: {
    needs: POSTFIX,
    start: async (t, { helpdesk, others }) => {
      const postfix = await startPostfix(directoryFor(t), [
        `myhostname = ${HOST}`,
        'mydestination =',
        `relayhost = [127.0.0.1]:${others}`,
        `transport_maps = inline:{ helpdesk.example=smtp:[127.0.0.1]:${helpdesk} }`,
        'smtpd_relay_restrictions = permit_mynetworks, reject',
      ])
      t.teardown(() => postfix.end())
      return postfix.port
    },
  },
  Exim: {
    needs: EXIM,
    start: (t, { helpdesk, others }) =>
      startExim(t, directoryFor(t), HOST, { 'helpdesk.example': helpdesk, '*': others }),
  },
}

for (const [name, { needs: tools, start }] of Object.entries(servers))
  t.test(`the bounces of ${name} end on their tickets and letters`, { skip: without(...tools) }, async t => {
    const others = await smtpServer(t, (stage, received) =>
      stage === 'RCPT' && received.includes('<dead') ? '550 5.1.1 There is nobody of this name' : undefined,
    )
    const helpdesk = await freePort()
    const port = await start(t, { helpdesk, others: others.port })
    const settings = `smtp.listen = "127.0.0.1:${helpdesk}"\nsmarthost.url = "smtp://127.0.0.1:${port}"`
    const { post, config } = await house(t, settings, furnishUsually, {}, quickLetters)
    const open = ({ username: user, password }: typeof FRED, submitter: string) =>
      post('create_ticket', { user, password, queue: '1', title: 'The lift', submitter_email: submitter })
    await open(SUSAN, 'erin@customer.example')
    await open(FRED, 'dead.letters@customer.example')
    await open(SUSAN, 'dead@other.example')
    const told = async () =>
      (await kept(config.state_dir, 'letters')).filter(({ event }) => event === 'letter_failed')
    await until('both bounces', async () => (await told()).length >= 2)

    const letters = await kept(config.state_dir, 'letters')
    const followups = await kept(config.state_dir, 'followups')
    for (const [ticket, dead, author] of [
      [2, 'dead.letters@customer.example', FRED.address],
      [3, 'dead@other.example', SUSAN.address],
    ] as const) {
      const letter = letters.find(({ to }) => to === dead)!
      t.match(letter, { ticket, state: 'failed' })
      t.match(letter.attempts.at(-1)!.reply, /5\.1\.1/)
      const reports = followups.filter(({ about_letter }) => about_letter === letter.id)
      t.match(reports, [
        { ticket, public: false, comment: /did not arrive: .*There is nobody of this name/s },
      ])
      t.same(
        letters.filter(({ followup }) => followup === reports[0]?.id).map(({ to }) => to),
        [author],
        'who wrote it is told, and nobody else',
      )
    }
    t.match(
      letters.find(({ to }) => to === 'erin@customer.example'),
      { state: 'sent' },
      'the others arrive',
    )
    t.equal((await kept(config.state_dir, 'tickets')).length, 3, 'no bounce opens a ticket')
    t.same(
      (await kept(config.state_dir, 'mails')).map(({ verdict }) => verdict),
      ['report', 'report'],
    )
  })
