import type { SendMailOptions } from 'nodemailer'
import { bodies } from '../html/bodies.ts'
import type { Wording } from '../letters/wording.ts'

/** What a notice says. */
export interface NoticeText {
  readonly words: Wording
  readonly subject: string
  /** What others have written, and what methods say in English, stands in lines of its own. */
  readonly paragraphs: readonly string[]
}

/** Text and HTML of a notice. Nothing in it becomes a button, since others have written some of it. */
export function noticeBodies({ words, paragraphs }: NoticeText): Pick<SendMailOptions, 'text' | 'html'> {
  const said = paragraphs.filter(paragraph => paragraph !== '')
  return bodies(
    words,
    `${said.join('\n\n')}\n`,
    said.map(text => ({ is: 'sentence', text })),
  )
}
