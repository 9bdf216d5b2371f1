import type { Store } from '../../data/store.ts'
import type { LetterCaps } from '../../handlers/letter_caps.ts'
import type { Config } from '../config.ts'
import type { LogIn } from '../login.ts'
import type { Room } from '../room.ts'
import type { Marks } from './mark.ts'
import type { Parser } from './parser.ts'

/** What the mail door works with. */
export interface Site {
  readonly store: Store
  readonly login: LogIn
  readonly config: Config
  readonly marks: Marks
  readonly parser: Parser
  readonly room: Room
  readonly letters: LetterCaps
}
