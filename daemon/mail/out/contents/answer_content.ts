import type { MailAnswer } from '../../../../data/tables.ts'
import { sentFile } from '../attached.ts'
import { ownHeaders } from '../headers/headers.ts'
import { bodies, sentencesOf } from '../html/bodies.ts'
import { answerOf } from '../letters/answer.ts'
import { notAttached } from '../letters/file_lines.ts'
import { together } from '../letters/together.ts'
import type { Wording } from '../letters/wording.ts'
import { commandAddress } from '../links.ts'
import type { LetterContent, Rendered } from './content.ts'

/** The content of a letter that has its sentences in it: the answer to a command, and notices of earlier versions. */
export async function answerContent(rendered: Rendered, answer: MailAnswer): Promise<LetterContent> {
  const { tx, site, letter, about } = rendered
  const words = about?.words ?? site.words.usual()
  const { subject, attachment } = answer
  const isGone = attachment !== undefined && site.gone.has(attachment.file)
  const missing = isGone ? [notAttached(words, attachment)] : []
  const said = { ...answer, sentences: [...answer.sentences, ...missing] }
  const isAnswer = letter.event === 'answered'
  const attached =
    attachment && !isGone ? [sentFile(site.files, attachment, words.say('text.unreadable'), site.events)] : []
  return {
    ...(await ownHeaders(tx, site, letter, about, isAnswer ? `Re: ${subject}` : subject)),
    ...bodies(
      words,
      isAnswer ? commandText(rendered, words, said) : together(said.sentences),
      sentencesOf(letter),
    ),
    attachments: attached,
  }
}

function commandText({ site, letter, about }: Rendered, words: Wording, answer: MailAnswer): string {
  return answerOf(words, answer, about, commandAddress(site, letter))
}
