/** What a notice tells, as facts: the letters that say it are rendered in the language of their reader. */
export type Notice =
  | AskingNotice
  | RefusingNotice
  | DoubtNotice
  | NoYesNotice
  | HeldBackNotice
  | FailingNotice
  | KeyNotice
  | StatusNotice

/** A command in the name of a user, which nothing proves. */
interface UnprovenCommand {
  /** The subject of its mail, and the text that the command takes; empty if it takes none. */
  readonly subject: string
  readonly text: string
  /** The number of its mail. */
  readonly mail: number
}
/** Asks the user whether to carry it out. */
export interface AskingNotice extends UnprovenCommand {
  readonly is: 'asking'
  /** What it will do, as its methods say it. */
  readonly does: readonly string[]
  /** The tickets that it is about. */
  readonly tickets: readonly number[]
  /** The names of the files of the mail, which do not go along. */
  readonly files: readonly string[]
}
/** Tells the user why it is not carried out: a sentence; or that so many others `waiting` for an answer are enough. */
export interface RefusingNotice extends UnprovenCommand {
  readonly is: 'refusing'
  readonly why: string | { readonly waiting: number }
}

/** Why an answer is no yes. */
export type NotYes =
  | { readonly is: 'strangers' | 'off' | 'keyless' | 'login' | 'words' }
  /** The rule of the header gate that it breaks. */
  | { readonly is: 'header'; readonly rule: string }
  | { readonly is: 'older'; readonly username: string }
  | { readonly is: 'address'; readonly username: string; readonly from: string }

/** Tells the administrators that the answer of a user is no yes. */
export interface DoubtNotice {
  readonly is: 'doubt'
  readonly username: string
  readonly why: NotYes
  /** Another answer before it was a yes. */
  readonly is_done: boolean
  /** The methods that were asked for, and their tickets. */
  readonly methods: readonly string[]
  readonly tickets: readonly number[]
  /** The mails that asked and answered. */
  readonly asking: number
  readonly answering: number
  /** The letter that asked. */
  readonly letter: number
  /** The first line of the answer; may be empty. */
  readonly line: string
}
/** Tells the user the same. */
export interface NoYesNotice extends Pick<DoubtNotice, 'why' | 'is_done' | 'tickets'> {
  readonly is: 'no_yes'
  /** As the subject of the letter that asked has it. */
  readonly command: string
}

/** The limit that holds a letter back: so many an hour or a day for its address, or that for all addresses together. */
export type LetterLimit = { readonly per: 'hour' | 'day'; readonly most: number } | { readonly per: 'all' }
/** Tells the administrators that letters are held back, with the first one: about a ticket, or about the command in a mail. */
export interface HeldBackNotice {
  readonly is: 'held_back'
  readonly to: string
  readonly about: { readonly ticket: number } | { readonly mail: number }
  readonly limit: LetterLimit
}

/** Tells the administrators that an address of a user or a queue gets no more letters. */
export interface FailingNotice {
  readonly is: 'failing'
  readonly address: string
  readonly reply: string
  readonly complained?: true
  readonly whose: { readonly user: number } | { readonly queue: number }
}

/** Tells a user that others know the key of a letter, or those of its links. */
export interface KeyNotice {
  readonly is: 'key'
  readonly ticket: number
  readonly is_link?: true
  /** The sender, if somebody else wrote to its address; null if that has no address. Absent if the user's mail went to others, too. */
  readonly from?: string | null
}

/** Tells a submitter who has asked for it the state of these tickets. */
export interface StatusNotice {
  readonly is: 'status'
  readonly tickets: readonly number[]
}
