import { Failure } from '../../data/failure.ts'
import { withoutLetterKeys, withoutLetterKeysIn } from '../../data/letter_key.ts'
import { withoutSecrets } from '../../data/secret_words.ts'
import type { Kind } from '../method.ts'
import type { CutLine, TypedValue } from '../value.ts'
import { type KeptText, keepText } from './kept_text.ts'
import { kind } from './kind.ts'
import { refuseLong, tooLong } from './longest.ts'
import { notBlank, refuseBlank } from './not_blank.ts'
import { oneLine, plainPieces, plainText } from './plain_text.ts'

/** Text of any length that is not blank; long text is kept in a file. A door may hand over text that it has kept already. */
export function text(about: string): Kind<KeptText> {
  const texts = kind({
    about,
    rule: 'some text',
    words: true,
    parse: (given): KeptText => ({ beginning: notBlank(withoutLetterKeys(plainText(given))) }),
    keep: (given, files) => {
      refuseBlank(plainPieces(given))
      const clean = typeof given === 'string' ? withoutLetterKeys(given) : withoutLetterKeysIn(given)
      return keepText(files, plainPieces(clean))
    },
  })
  return { ...texts, accept: value => (isKept(value) ? value : texts.accept(value)) }
}

/**
 * One line of 1 to `most` characters after trimming; control characters become blanks. A line that a door has cut is taken unchanged, at
 * any length.
 */
export function line(about: string, most: number): Kind<string> {
  const lines = kind({
    about,
    rule: `1 to ${most} characters on one line`,
    words: true,
    schema: { type: 'string', minLength: 1, maxLength: most },
    parse: given => {
      refuseLong(given, most)
      const trimmed = notBlank(withoutLetterKeys(oneLine(given)))
      const { length } = [...trimmed]
      if (length > most) throw tooLong(trimmed, length, most)
      return trimmed
    },
  })
  return { ...lines, accept: value => (isLine(value) ? value.line : lines.accept(value)) }
}

/** Some lines of at most `most` characters in all. None may be `-- `: mail programs hide what follows it as a signature. */
export function lines(about: string, most: number): Kind<string> {
  return kind({
    about,
    rule: `lines of at most ${most} characters in all`,
    words: true,
    schema: { type: 'string', minLength: 1, maxLength: most },
    parse: given => {
      refuseLong(given, most)
      const text = notBlank(withoutLetterKeys(plainText(given)))
      const { length } = [...text]
      if (length > most) throw tooLong(text, length, most)
      if (!text.split('\n').some(one => one.trimEnd() === '--')) return text
      throw new Failure('invalid', 'a line "--" makes mail programs hide what follows; leave it out.')
    },
  })
}

/** The same as `line` for a title. Letters show it, so what follows a word such as "password" is removed. */
export function title(about: string, most: number): Kind<string> {
  const any = line(about, most)
  return { ...any, parse: given => withoutSecrets(any.parse(given) as string) }
}

function isKept(value: TypedValue): value is KeptText {
  return typeof value === 'object' && 'beginning' in value
}

function isLine(value: TypedValue): value is CutLine {
  return typeof value === 'object' && 'line' in value
}
