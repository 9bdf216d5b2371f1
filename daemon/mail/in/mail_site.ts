import type { Store } from '../../../data/store.ts'
import type { LetterCaps } from '../../../handlers/letters/letter_caps.ts'
import type { KnownAddresses } from '../../auth/known_addresses.ts'
import type { LoginCheck } from '../../auth/login.ts'
import type { Config } from '../../config/config.ts'
import type { Room } from '../../disk_space.ts'
import type { Holding } from '../../files/holding.ts'
import type { Shares } from '../../files/shares.ts'
import type { Events } from '../../log/events.ts'
import type { SignedIds } from '../signed_ids.ts'
import type { Parser } from './parser/parser.ts'

/** What the mail door needs. */
export interface MailSite {
  readonly store: Store
  readonly shares: Shares
  readonly login: LoginCheck
  /** The addresses from which somebody has logged in. */
  readonly knownAddresses: KnownAddresses
  readonly config: Config
  readonly signedIds: SignedIds
  readonly parser: Parser
  readonly room: Room
  readonly letters: LetterCaps
  readonly events: Events
  /** For unproven mail. It keeps twice as much disk space free, so that everything else goes on when outsiders have filled the disk. */
  readonly outsidersRoom: Room
}

/** A site for one mail: its files go through a Holding of their own. */
export interface OneMailSite extends MailSite {
  readonly holding: Holding
}
