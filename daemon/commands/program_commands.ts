// One thing: the commands of the program that are not methods. Each is a few lines, and loads what it alone needs.
import type { Config } from '../config/config.ts'
import { becomeOwner } from '../drop_privileges.ts'
import type { Events } from '../log/events.ts'
import type { ReloadSignal } from '../reload_signal.ts'
import type { Invocation } from '../shell/arguments.ts'
import { NotACommand } from '../shell/not_a_command.ts'
import type { Done } from '../shell/run.ts'
import type { ServiceManager } from '../systemd/service_manager.ts'

/** What the commands of the program work with. */
export interface Start {
  readonly invocation: Invocation
  readonly events: Events
  readonly reloadSignal: ReloadSignal
  readonly serviceManager: ServiceManager
  /** The configuration. Throws Failure `invalid` for one that is wrong. */
  config(): Config
}
/** A command of the program: how it is called, what it is for, and what it does. */
export interface ProgramCommand {
  /** How it is called; the word alone if it takes no arguments. */
  readonly usage: string
  readonly about: string
  /** Gives what is printed; undefined if the words are a method after all. Throws Failure, and NotACommand for wrong arguments. */
  run(start: Start, args: readonly string[]): Promise<string | Done | undefined>
}

const commands: Readonly<Record<string, ProgramCommand>> = {
  serve: {
    usage: 'serve',
    about: 'run the daemon',
    run: async start => {
      const config = start.config()
      await becomeOwner(config.state_dir, 'own')
      const { serve } = await import('../serve.ts')
      await serve(config, start.invocation.config, start)
      return ''
    },
  },
  'check-config': {
    usage: 'check-config',
    about: 'check what the daemon will meet with the config, and say what it makes of mail',
    run: async ({ config, invocation, events }) => {
      const { checkedText } = await import('../check_config/checked_text.ts')
      return checkedText(config(), invocation.config, events)
    },
  },
  'print-config': {
    usage: 'print-config',
    about: 'print every option with its value',
    run: async ({ config }) => (await import('../config/print_config.ts')).printConfig(config()),
  },
  status: {
    usage: 'status',
    about: 'show what needs attention, doors, tickets, letters, disk and certificates on one screen',
    run: async ({ config, events }) => (await import('./status_command.ts')).statusCommand(config(), events),
  },
  repair: {
    usage: 'repair',
    about: 'drop what a damaged disk has lost, so that the daemon can start',
    run: async ({ config, events }) => (await import('./recovery.ts')).repaired(config(), events),
  },
  restored: {
    usage: 'restored',
    about: 'after restoring a backup: raise the numbers, so that none is used twice',
    run: async ({ config, events }) => (await import('./recovery.ts')).numbersRaised(config(), events),
  },
  init: {
    usage: 'init [ADDRESS] [--selftest]',
    about:
      'add the first queue and the first user, an administrator with this mail address; with --selftest, send a letter to the helpdesk itself',
    run: async ({ config, invocation, events }, args) =>
      (await import('./init_command.ts')).initCommand(config(), events, args, invocation.option),
  },
  replay: {
    usage: 'replay MAIL [--yes]',
    about: 'say what a received mail would do if it came again; with --yes, do it, once',
    run: async ({ config, events }, args) =>
      (await import('./replay_command.ts')).replayCommand(config(), events, args),
  },
  why: {
    usage: 'why FILE',
    about: 'say what the mail in a file would become; why <mail> is for a received mail',
    run: async ({ config, events }, args) => {
      const { namesFile, whyFile } = await import('./why_file.ts')
      return namesFile(args) ? whyFile(config(), events, args[0]!) : undefined
    },
  },
  proof: {
    usage: 'proof FILE [--ip ADDRESS]',
    about: 'say what each proof makes of the mail in a file, as if that address had sent it',
    run: async ({ config, events }, args) =>
      (await import('./why_file.ts')).proofFile(config(), events, args),
  },
  completion: {
    usage: 'completion SHELL',
    about: 'print the script that completes commands in bash or zsh',
    run: async (_, [shell = '', ...more]) => {
      const { completions } = await import('../shell/completion.ts')
      if (more.length > 0 || !Object.hasOwn(completions, shell))
        throw new NotACommand('invalid', 'The command completion takes the name of a shell: bash or zsh.')
      return completions[shell]!(programCommands)
    },
  },
  help: {
    usage: 'help [TOPIC]',
    about: 'list all commands, or describe one topic or command',
    run: async (_, topic) =>
      (await import('./program_help.ts')).programHelp(programCommands, topic.join(' ')),
  },
}

/** By their words, in the order of the help. */
export const programCommands: ReadonlyMap<string, ProgramCommand> = new Map(Object.entries(commands))
