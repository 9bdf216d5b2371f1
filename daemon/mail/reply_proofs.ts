import type { ProofName } from '../../data/tables.ts'
import type { Config } from '../config/config.ts'

const ALL: readonly ProofName[] = ['smtp-auth', 'letter', 'relay']

/** The proofs by which an answer to a letter can be known as that of a user. Without extended addresses, letters have no keys. */
export function replyProofs(config: Config): readonly ProofName[] {
  const isOn = (name: ProofName) => config['commands.proofs'].includes(name)
  return ALL.filter(name => isOn(name) && (name !== 'letter' || config['mail.plus']))
}

/** Whether users are asked by letter about commands without proof. Without extended addresses, no answer could be tied to its letter. */
export function asksUsers(config: Pick<Config, 'commands.proofs' | 'mail.plus'>): boolean {
  return config['mail.plus'] && config['commands.proofs'].includes('confirm')
}
