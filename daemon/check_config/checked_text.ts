import { Failure } from '../../data/failure.ts'
import type { Config } from '../config/config.ts'
import { mailRules } from '../config/mail_rules.ts'
import { becomeOwner } from '../drop_privileges.ts'
import type { Events } from '../log/events.ts'
import { LetterWords } from '../mail/out/letters/letter_words.ts'
import { wordSourceIn } from '../mail/word_source.ts'
import { checkConfig } from './check_config.ts'

/**
 * What `check-config` says of a configuration that can be read, from the file of this name: warnings, and what its options make of mail.
 * Throws Failure `invalid` for mistakes in the words of letters.
 */
export async function checkedText(config: Config, name: string, events: Events): Promise<string> {
  await becomeOwner(config.state_dir)
  const { mistakes } = new LetterWords(wordSourceIn(config))
  if (mistakes.length > 0) throw new Failure('invalid', mistakes.join('\n'))
  const { warnings, notes } = await checkConfig(config, events)
  const warned = warnings.map(sentence => `Warning: ${sentence}`)
  return [...warned, `${name} is valid.`, ...notes, ...mailRules(config)].join('\n')
}
