import type { Store } from '../../data/store.ts'
import type { LetterCaps } from '../../handlers/letter_caps.ts'
import type { Config } from '../config.ts'
import type { Holding } from '../holding.ts'
import type { LogIn } from '../login.ts'
import type { Regulars } from '../regulars.ts'
import type { Room } from '../room.ts'
import type { Shares } from '../shares.ts'
import type { Marks } from './mark.ts'
import type { Parser } from './parser.ts'

/** What the mail door works with. */
export interface Site {
  readonly store: Store
  readonly shares: Shares
  readonly login: LogIn
  /** The addresses that somebody has logged in from. */
  readonly regulars: Regulars
  readonly config: Config
  readonly marks: Marks
  readonly parser: Parser
  readonly room: Room
  readonly letters: LetterCaps
  /** For unproven mail: it leaves twice as much free, so that everything else goes on where outsiders have filled the disk. */
  readonly outsidersRoom: Room
}

/** What one mail works with: the store's files are its own. */
export interface MailSite extends Site {
  readonly holding: Holding
}
