import type { SendMailOptions } from 'nodemailer'
import type { Reader } from '../../../../data/store.ts'
import type { Letter } from '../../../../data/tables.ts'
import type { About } from '../about.ts'
import type { LetterHeaders } from '../headers/headers.ts'
import type { LetterSite } from '../letter.ts'

/** What a letter says, without its envelope. */
export type LetterContent = LetterHeaders & Pick<SendMailOptions, 'text' | 'html' | 'attachments'>

/** What a letter is made from. */
export interface Rendered {
  readonly tx: Reader
  readonly site: LetterSite
  readonly letter: Letter
  /** Undefined if the letter is about no ticket, or if that no longer exists. */
  readonly about: About | undefined
}
