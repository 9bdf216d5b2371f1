import { simpleParser } from 'mailparser'
import { contentOf } from '../../daemon/mail/in/content/content.ts'
import type { Figure } from './figure.ts'
import { median } from './figure.ts'
import { tell } from './rates.ts'

const ROUNDS = 7
/** Of processor time, of each kind in each round. */
const MILLISECONDS = 400
const LEAST = 0.7
const ENOUGH_TO_WARM_UP = 30

/** How many mails of five shapes a process reads a second, as our parser's child does, and as mailparser does with its own options. */
export async function parsing(): Promise<Figure[]> {
  tell('parsing mail')
  const figures: Figure[] = []
  for (const [shape, mail] of Object.entries(shapes())) figures.push(...(await compared(shape, mail)))
  return figures
}

async function compared(shape: string, mail: Buffer): Promise<Figure[]> {
  const ours = () => contentOf(mail)
  const bare = () => simpleParser(mail)
  for (let n = 0; n < ENOUGH_TO_WARM_UP; n++) {
    await ours()
    await bare()
  }
  const rates: [number, number][] = []
  for (let round = 0; round < ROUNDS; round++) rates.push([await rateOf(ours), await rateOf(bare)])
  const ourRate = median(rates.map(([ours]) => ours))
  return [
    { what: `${shape}, mails read a second`, value: ourRate },
    {
      what: `${shape}, as many as bare mailparser reads`,
      value: median(rates.map(([ours, bare]) => ours / bare)),
      least: LEAST,
    },
  ]
}

async function rateOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  for (let count = 1; ; count++) {
    await work()
    const { user, system } = process.cpuUsage(before)
    const milliseconds = (user + system) / 1000
    if (milliseconds >= MILLISECONDS) return (count * 1000) / milliseconds
  }
}

const HEAD = [
  'Received: from mx.customer.example (mx.customer.example [192.0.2.7]) by mail.helpdesk.example with ESMTPS; Tue, 24 Nov 2026 09:30:03 +0100',
  'From: Ann Lee <ann@customer.example>',
  'To: support@helpdesk.example',
  'Subject: =?utf-8?Q?The_printer_on_floor_2_=E2=80=93_again?=',
  'Date: Tue, 24 Nov 2026 09:30:01 +0100',
  'Message-ID: <5f7c0e1a@customer.example>',
  'MIME-Version: 1.0',
]
const WORDS =
  'The printer on floor 2 says that it is out of paper, but the tray is full; we pulled the plug twice. '
const PARAGRAPH = `<p class="MsoNormal" style="margin:0cm"><span lang="EN-GB" style="font-size:11.0pt;font-family:'Calibri',sans-serif">${WORDS}<a href="https://intranet.customer.example/printers/2">Printer 2</a> &amp; <b>tray</b> 3&nbsp;<o:p></o:p></span></p>\r\n`

function shapes(): Record<string, Buffer> {
  const text = (length: number) => linesOf(length).join('\r\n')
  const html = (length: number) =>
    `<html><body>${PARAGRAPH.repeat(Math.ceil(length / PARAGRAPH.length))}</body></html>`
  const plainType = 'Content-Type: text/plain; charset=utf-8'
  const htmlType = 'Content-Type: text/html; charset=utf-8'
  const file = Buffer.alloc(2_000_000, 'a%c').toString('base64').replace(/.{76}/g, '$&\r\n')
  const history = linesOf(8000).map(line => `> ${line}`)
  return {
    'plain, 2 KB': mailOf([plainType], text(2000)),
    'alternative, 20 KB': multipart('alternative', [plainType, text(5000)], [htmlType, html(15_000)]),
    'HTML, 200 KB': mailOf([htmlType], html(200_000)),
    'attachment, 2 MB': multipart(
      'mixed',
      [plainType, text(2000)],
      ['Content-Type: application/pdf; name="plan.pdf"\r\nContent-Transfer-Encoding: base64', file],
    ),
    'answer with history, 10 KB': mailOf(
      ['In-Reply-To: <letter@helpdesk.example>', plainType],
      [
        text(1000),
        '',
        'On Mon, 23 Nov 2026 at 10:00, Support <support@helpdesk.example> wrote:',
        ...history,
      ].join('\r\n'),
    ),
  }
}

function linesOf(length: number): string[] {
  const words = WORDS.repeat(Math.ceil(length / WORDS.length)).slice(0, length)
  return words.match(/.{1,72}(?: |$)/g) ?? []
}

function mailOf(fields: readonly string[], body: string): Buffer {
  return Buffer.from([...HEAD, ...fields, '', body, ''].join('\r\n'))
}

function multipart(kind: string, ...parts: readonly (readonly [fields: string, content: string])[]): Buffer {
  const content = parts.map(([fields, content]) => `--b1\r\n${fields}\r\n\r\n${content}\r\n`).join('')
  return mailOf([`Content-Type: multipart/${kind}; boundary=b1`], `${content}--b1--`)
}
