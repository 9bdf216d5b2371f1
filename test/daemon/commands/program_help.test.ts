import t from 'tap'
import { programCommands } from '../../../daemon/commands/program_commands.ts'
import { programHelp } from '../../../daemon/commands/program_help.ts'

t.test('the help on the program fits 80 columns, and has its commands and the methods', async t => {
  const lines = programHelp(programCommands, '').split('\n')
  t.same(
    lines.filter(line => line.length > 80),
    [],
  )
  for (const line of [
    '  serve                run the daemon',
    '  init [ADDRESS] [--selftest]',
    '                       add the first queue and the first user, an administrator',
    '  TICKETS',
    '  hold <ticket> [until <until>][: <reason>]',
    '      Put a ticket on hold.',
  ])
    t.ok(lines.includes(line), line)
})

t.test('a command of the program is explained like a method', async t => {
  t.equal(
    programHelp(programCommands, 'replay'),
    `helpdeskd replay MAIL [--yes]
    say what a received mail would do if it came again; with --yes, do it, once`,
  )
  t.equal(programHelp(programCommands, 'Print-Config'), programHelp(programCommands, 'print-config'))
  for (const [word, command] of programCommands)
    t.ok(programHelp(programCommands, word).startsWith(`helpdeskd ${command.usage}\n`), word)
})

t.test('a word that also begins a method has both', async t => {
  t.match(programHelp(programCommands, 'why'), /^helpdeskd why FILE\n {4}say .*\n\nwhy <mail>\n/)
})

t.test('anything else is a topic or a method, or refused', async t => {
  t.match(programHelp(programCommands, 'queue'), /^QUEUE\nqueues\n/)
  t.match(programHelp(programCommands, 'hold'), /^hold <ticket>/)
  t.throws(() => programHelp(programCommands, 'bogus'), { code: 'not_found' })
})
