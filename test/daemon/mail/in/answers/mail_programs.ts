import type { ParsedMail } from 'mailparser'

/** Who answers a letter, and with what words, which may have several lines. */
export interface Answer {
  readonly letter: ParsedMail
  readonly from: { readonly name: string; readonly address: string }
  readonly words: string
  /** Tells the mails of one test apart. */
  readonly number: number
}
export type MailProgram = (answer: Answer) => string

/** The answers to a letter as mail programs write them, with their header fields and their way to quote. */
export const MAIL_PROGRAMS = { gmail, outlook, iphone, mutt } satisfies Record<string, MailProgram>

function gmail(answer: Answer): string {
  const { letter, words, number } = answer
  const attribution = `On Fri, Nov 27, 2026 at 10:${minute(number)} AM ${sender(letter)} <${senderAddress(letter)}> wrote:`
  const html = [
    `<div dir="ltr">${words
      .split('\n')
      .map(line => `<div>${escaped(line) || '<br>'}</div>`)
      .join('')}</div><br>`,
    `<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${escaped(attribution)}<br></div>`,
    '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">',
    `${escaped(letter.text ?? '').replaceAll('\n', '<br>\r\n')}</blockquote></div>`,
  ].join('')
  return mailWith(answer, 'Re: ', [], alternatives(`${words}\n\n${attribution}\n\n${quoted(letter)}`, html))
}

function outlook(answer: Answer): string {
  const { letter, words, from } = answer
  const header = [
    ['From', `${sender(letter)} <${senderAddress(letter)}>`],
    ['Sent', 'Friday, November 27, 2026 10:00 AM'],
    ['To', from.address],
    ['Subject', letter.subject ?? ''],
  ]
  const text = header.map(([name, value]) => `${name}: ${value}`).join('\n')
  const paragraph = (line: string) => `<p class=MsoNormal>${escaped(line) || '&nbsp;'}<o:p></o:p></p>`
  const html = [
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body lang=EN-US><div class=WordSection1>',
    ...`${words}\n\n${from.name}`.split('\n').map(paragraph),
    "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'><p class=MsoNormal>",
    header.map(([name, value]) => `<b>${name}:</b> ${escaped(value!)}`).join('<br>'),
    '<o:p></o:p></p></div></div>',
    ...(letter.text ?? '').split('\n').map(paragraph),
    '</div></body></html>',
  ].join('\r\n')
  const more = [
    'Thread-Topic: a ticket',
    'Thread-Index: AQHaXJ3v8m0b5d2Tk0yqj3J1l6c5VLF0Zg==',
    'Content-Language: en-US',
  ]
  return mailWith(
    answer,
    'RE: ',
    more,
    alternatives(`${words}\n\n${from.name}\n\n${text}\n\n${letter.text}`, html),
  )
}

function iphone(answer: Answer): string {
  const { letter, words } = answer
  const attribution = `> On 27 Nov 2026, at 10:00, ${sender(letter)} <${senderAddress(letter)}> wrote:\n> `
  const text = `${words}\n\nSent from my iPhone\n\n${attribution}\n${quoted(letter)}`
  return mailWith(answer, 'Re: ', ['X-Mailer: iPhone Mail (23B85)', 'Mime-Version: 1.0 (1.0)'], plain(text))
}

function mutt(answer: Answer): string {
  const { letter, words, from } = answer
  const text = `On Fri, Nov 27, 2026 at 10:00:00AM +0000, ${sender(letter)} wrote:\n${quoted(letter)}`
  // Commands stand at the top; other words below what they answer.
  const written = words.startsWith('/') ? `${words}\n\n${text}` : `${text}\n\n${words}`
  return mailWith(
    answer,
    'Re: ',
    ['User-Agent: Mutt/2.2.13', 'MIME-Version: 1.0'],
    plain(`${written}\n\n-- \n${from.name}`),
  )
}

interface Body {
  readonly fields: readonly string[]
  readonly body: string
}

function mailWith(
  { letter, from, number }: Answer,
  prefix: string,
  more: readonly string[],
  { fields, body }: Body,
): string {
  const { address, name } = letter.replyTo!.value[0]!
  const references = [letter.references ?? [], letter.messageId!].flat()
  const header = [
    `From: ${from.name} <${from.address}>`,
    `To: ${name ? `"${name}" <${address}>` : address}`,
    `Subject: ${prefix}${letter.subject}`,
    `Date: Fri, 27 Nov 2026 10:${minute(number)}:00 +0000`,
    `Message-ID: <day.${number}@client.example>`,
    `In-Reply-To: ${letter.messageId}`,
    `References: ${references.join('\r\n ')}`,
    ...more,
    ...fields,
  ]
  return `${header.join('\n')}\n\n${body}\n`.replace(/\r?\n/g, '\r\n')
}

function plain(body: string): Body {
  return { fields: ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit'], body }
}

function alternatives(text: string, html: string): Body {
  const part = (type: string, body: string) =>
    `--parts\nContent-Type: ${type}; charset="UTF-8"\nContent-Transfer-Encoding: 8bit\n\n${body}\n`
  return {
    fields: ['MIME-Version: 1.0', 'Content-Type: multipart/alternative; boundary="parts"'],
    body: `${part('text/plain', text)}${part('text/html', html)}--parts--`,
  }
}

function quoted({ text = '' }: ParsedMail): string {
  return text
    .trimEnd()
    .split('\n')
    .map(line => `> ${line}`)
    .join('\n')
}

function sender({ from }: ParsedMail): string {
  return from!.value[0]!.name
}

function senderAddress({ from }: ParsedMail): string {
  return from!.value[0]!.address!
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function minute(number: number): string {
  return String(number % 60).padStart(2, '0')
}
