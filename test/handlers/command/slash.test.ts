import t from 'tap'
import { slashCommandsIn } from '../../../handlers/command/slash.ts'

function read(text: string) {
  const found = slashCommandsIn(text, 31794)
  return (
    found && {
      ...found,
      commands: found.commands.map(({ command }) => [command.method, { ...command.params }]),
    }
  )
}

t.test('lines at the top of an answer that begin with / are commands about its ticket', async t => {
  const ticket = '31794'
  const table: [string, string, Record<string, string>][] = [
    ['/hold', 'hold_ticket', { ticket }],
    ['/Hold until friday.', 'hold_ticket', { ticket, until: 'friday' }],
    ['/hold until friday: the part', 'hold_ticket', { ticket, until: 'friday', reason: 'the part' }],
    ['/resolve', 'resolve', { ticket }],
    ['/resolve: It works.', 'resolve', { ticket, resolution: 'It works.' }],
    ['/assign tom', 'assign', { ticket, assigned_to: 'tom' }],
    ['/ hold', 'hold_ticket', { ticket }],
    ['/resolve – It works.', 'resolve', { ticket, resolution: 'It works.' }],
    ['/assign to @tom', 'assign', { ticket, assigned_to: 'tom' }],
    ['/priority 1', 'set_priority', { ticket, priority: '1' }],
    ['/take', 'take', { ticket }],
    ['/help', 'help', {}],
    ['/help hold', 'help', { topic: 'hold' }],
    ['/show', 'get_ticket', { ticket }],
  ]
  for (const [line, method, params] of table) {
    t.strictSame(read(line), { commands: [[method, params]], isPrivate: false, rest: '' }, line)
  }
})

t.test('what is below the commands is the text', async t => {
  t.strictSame(read('\n/take\n\n/hold until friday\n\nThe part comes on Friday.\n/etc is full.\n'), {
    commands: [
      ['take', { ticket: '31794' }],
      ['hold_ticket', { ticket: '31794', until: 'friday' }],
    ],
    isPrivate: false,
    rest: 'The part comes on Friday.\n/etc is full.\n',
  })
  t.strictSame(read('/private\nA fuse?'), { commands: [], isPrivate: true, rest: 'A fuse?' })
  t.equal(read('The disk is full:\n/etc'), undefined)
  t.throws(() => read('The disk is full:\n/hold'), {
    code: 'invalid',
    message: '"/hold" stands below other words.',
  })
  t.throws(() => read('/take\nThe disk is full:\n/hold'), {
    code: 'invalid',
    message: '"/hold" stands below',
  })
  t.throws(() => read('hold'), { code: 'invalid', message: '"hold" may be a command.' })
  t.equal(read(''), undefined)
})

t.test('a line that is no command refuses all', async t => {
  const table: [string, string][] = [
    ['/hold 31795', 'Nothing was done. "/hold 31795": It is not a command about this ticket.'],
    ['/hold #31794 31795', 'Nothing was done. "/hold #31794 31795": It is not a command about this ticket.'],
    ['/hold ticket=31795', 'Nothing was done. "/hold ticket=…"'],
    ['/hold_ticket ticket=31795', 'Nothing was done. "/hold_ticket ticket=…"'],
    [
      '/take\n/resolve it works',
      'Nothing was done. "/resolve it works" is not understood. Write: /resolve: it works',
    ],
    ['/prio 1', 'Nothing was done. "/prio 1" is not understood. Write: /priority 1'],
    ['/take it', 'Nothing was done. "/take it" is not understood. Write: /take'],
    [
      '/hold till friday',
      'Nothing was done. "/hold till friday" is not understood. Write: /hold until friday',
    ],
    [
      '/private A fuse?',
      'Nothing was done. "/private A fuse?": Write /private on a line of its own, and your text below it.',
    ],
    [
      '/hodl until friday',
      'Nothing was done. "/hodl until friday" is not understood. Write: /hold until friday',
    ],
    [
      '/etc/hosts is empty',
      'Nothing was done. "/etc/hosts is empty": It is not a command about this ticket.',
    ],
    ['/', 'Nothing was done. "/": It is not a command about this ticket.'],
    ['//', 'Nothing was done. "//": It is not a command about this ticket.'],
    [
      '/take\n'.repeat(11),
      'Nothing was done. There are more than 10 lines that begin with /; send at most 10',
    ],
  ]
  for (const [text, beginning] of table)
    try {
      t.fail(JSON.stringify(read(text)))
    } catch (error) {
      t.equal((error as Error).message.slice(0, beginning.length), beginning)
    }
})
