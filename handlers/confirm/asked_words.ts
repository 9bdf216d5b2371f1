import type { Letter } from '../../data/tables.ts'
import { shortCommand } from './ask.ts'

/** What a letter that asks about a command has of its mail and of what it would do. */
export function askedWords({ notice, answer }: Letter): readonly string[] {
  if (notice?.is !== 'asking') return answer?.sentences ?? []
  const { subject, text, does, files } = notice
  return [`${subject}\n${text}`, ...does, ...files]
}

/** The letter with a line in place of these words, and with the beginning of its command in its subject. */
export function withoutAsked({ notice, ...letter }: Letter, line: string): Letter {
  const { answer } = letter
  if (answer) return { ...letter, answer: { ...answer, sentences: [line] } }
  const subject = notice?.is === 'asking' ? shortCommand(notice.subject) : line
  return { ...letter, answer: { subject, message_id: null, sentences: [line] } }
}
