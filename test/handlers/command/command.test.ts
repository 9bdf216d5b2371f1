import fc from 'fast-check'
import t from 'tap'
import { Failure, shown } from '../../../data/failure.ts'
import {
  commandWithBody,
  namesTicket,
  parseCommand,
  plainCommand,
  shownLine,
} from '../../../handlers/command/command.ts'
import { grammarsOf } from '../../../handlers/command/grammar.ts'
import { nearMiss } from '../../../handlers/command/near_miss.ts'
import { methods, topics } from '../../../handlers/index.ts'
import { type Method, method } from '../../../handlers/method.ts'
import { helpText } from '../../../handlers/methods/help.ts'
import { optional } from '../../../handlers/params/kind.ts'
import { plainText } from '../../../handlers/params/plain_text.ts'
import { ticket } from '../../../handlers/params/references.ts'
import { line, text } from '../../../handlers/params/texts.ts'
import { anyCharacter } from '../../any_character.ts'
import { growthOf } from '../../growth.ts'
import { runs } from '../../runs.ts'

/** A parsed line: the method and its parameters, or undefined. */
function read(line: string): [string, Record<string, unknown>] | undefined {
  const said = parseCommand(line)
  return said && [said.command.method, { ...said.command.params }]
}

t.test('lines that are commands', async t => {
  const hold = ['hold_ticket', { ticket: '31794' }] as const
  const held = ['hold_ticket', { ticket: '31794', reason: 'why' }] as const
  const table: [string, readonly [string, Record<string, string>]][] = [
    ['hold 31794', hold],
    ['HOLD #31794', hold],
    ['  Hold\t31794 \t', hold],
    ['hold ticket 31794', hold],
    ['hold 5, #6 and [support-7]', ['hold_ticket', { ticket: '5,6,7' }]],
    ['hold ref:INV-7', ['hold_ticket', { ticket: 'ref:INV-7' }]],
    ['Hold Ticket Ref:a:b: why', ['hold_ticket', { ticket: 'Ref:a:b', reason: 'why' }]],
    ['hold ref:1-2, #6, 7-9 and ref:x', ['hold_ticket', { ticket: 'ref:1-2,6,7-9,ref:x' }]],
    ['hold tickets 5 - 9,11: why', ['hold_ticket', { ticket: '5-9,11', reason: 'why' }]],
    ['hold 31794:', hold],
    ['hold 31794: ', hold],
    ['hold\u00a031794', hold],
    ['\u3000hold\u2009 31794\u00a0', hold],
    ['Hold 31794.', hold],
    ['hold 31794 !! ', hold],
    ['hold 31794: why\u00a0not?', ['hold_ticket', { ticket: '31794', reason: 'why\u00a0not?' }]],
    ['hold 31794: It is out.', ['hold_ticket', { ticket: '31794', reason: 'It is out.' }]],
    ['hold 31794: !', ['hold_ticket', { ticket: '31794', reason: '!' }]],
    ['hold 31794 until friday.', ['hold_ticket', { ticket: '31794', until: 'friday' }]],
    ['hold 5 6', ['hold_ticket', { ticket: '5,6' }]],
    ['hold 5 #6 [support-7]  8-9: why', ['hold_ticket', { ticket: '5,6,7,8-9', reason: 'why' }]],
    ['hold tickets 5 6 and 7, ref:x', ['hold_ticket', { ticket: '5,6,7,ref:x' }]],
    ['assign 5 6 tom', ['assign', { ticket: '5,6', assigned_to: 'tom' }]],
    ['assign 5 tom.', ['assign', { ticket: '5', assigned_to: 'tom' }]],
    ['priority 5 6 1', ['set_priority', { ticket: '5,6', priority: '1' }]],
    ['attachment 5 1', ['get_attachment', { ticket: '5', attachment: '1' }]],
    ['answer 5', ['add_followup', { public: 'y', ticket: '5' }]],
    ['Answer 5: It works!', ['add_followup', { public: 'y', ticket: '5', message: 'It works!' }]],
    ['note 5: a fuse', ['add_followup', { ticket: '5', message: 'a fuse' }]],
    ['test hold 5', ['hold_ticket', { ticket: '5', dry_run: 'y' }]],
    ['Test resolve ticket=5', ['resolve', { ticket: '5', dry_run: 'y' }]],
    ['test queues', ['list_queues', {}]],
    ['hold [support-31794]', hold],
    ['hold [support-31794]: why', held],
    ['hold 31794:why', held],
    ['hold 31794 : why  ', held],
    ['hold 31794: a: b', ['hold_ticket', { ticket: '31794', reason: 'a: b' }]],
    ['hold 0031794', ['hold_ticket', { ticket: '0031794' }]],
    ['unhold 5', ['unhold_ticket', { ticket: '5' }]],
    ['hold 5 until 24 dec', ['hold_ticket', { ticket: '5', until: '24 dec' }]],
    ['hold 5 until friday.', ['hold_ticket', { ticket: '5', until: 'friday' }]],
    ['hold 5 until answer!: we asked', ['hold_ticket', { ticket: '5', until: 'answer', reason: 'we asked' }]],
    ['followup 5', ['add_followup', { ticket: '5' }]],
    ['followup 5 public', ['add_followup', { ticket: '5', public: 'y' }]],
    ['followup 5 public: text', ['add_followup', { ticket: '5', public: 'y', message: 'text' }]],
    ['followup 5: public', ['add_followup', { ticket: '5', message: 'public' }]],
    ['resolve 5', ['resolve', { ticket: '5' }]],
    ['resolve 5: done\nand dusted', ['resolve', { ticket: '5', resolution: 'done\nand dusted' }]],
    ['create support: title', ['create_ticket', { queue: 'support', title: 'title' }]],
    ['create Support: hold 5', ['create_ticket', { queue: 'Support', title: 'hold 5' }]],
    ['delete 5 confirm', ['delete_ticket', { ticket: '5', confirm: 'y' }]],
    ['queues', ['list_queues', {}]],
    ['duplicate 5 of 6', ['mark_duplicate', { ticket: '5', of: '6' }]],
    ['Duplicate 5, 7  OF\t#6', ['mark_duplicate', { ticket: '5,7', of: '6' }]],
    ['resolve 5 like 6', ['resolve_like', { ticket: '5', like: '6' }]],
    ['resolve 5: like 6', ['resolve', { ticket: '5', resolution: 'like 6' }]],
    ['redact 5 followup 3', ['redact', { ticket: '5', followup: '3' }]],
    ['watch 5', ['watch', { ticket: '5' }]],
    ['watch 5 ann@example.net', ['watch', { ticket: '5', email: 'ann@example.net' }]],
    ['title 5: of 6', ['set_title', { ticket: '5', title: 'of 6' }]],
    ['due 5 24 dec', ['set_due', { ticket: '5', due_date: '24 dec' }]],
    ['Due #5, 7 2026-12-24: why', ['set_due', { ticket: '5,7', due_date: '2026-12-24', reason: 'why' }]],
    ['resolve 5 - done', ['resolve', { ticket: '5', resolution: 'done' }]],
    ['resolve 5 — done – at last', ['resolve', { ticket: '5', resolution: 'done – at last' }]],
    ['hold 5 -- soon', ['hold_ticket', { ticket: '5', reason: 'soon' }]],
    ['hold 5 – 7', ['hold_ticket', { ticket: '5-7' }]],
    ['hold 5, 7, and 9 & 10', ['hold_ticket', { ticket: '5,7,9,10' }]],
    ['hold 5…', ['hold_ticket', { ticket: '5' }]],
    ['assign 5 to @tom', ['assign', { ticket: '5', assigned_to: 'tom' }]],
    ['assign 5 to', ['assign', { ticket: '5', assigned_to: 'to' }]],
    ['move 5 to sales', ['move', { ticket: '5', queue: 'sales' }]],
    ['priority 5 to 1', ['set_priority', { ticket: '5', priority: '1' }]],
    ['close 5 public: why', ['close', { ticket: '5', public: 'y', reason: 'why' }]],
    ['user susan', ['find_user', { username: 'susan' }]],
    ['users', ['list_users', {}]],
    ['ignore *@spam.example', ['add_ignore', { email: '*@spam.example' }]],
    [
      'Ignore ann@* support,sales: she sells',
      ['add_ignore', { email: 'ann@*', queues: 'support,sales', name: 'she sells' }],
    ],
    ['unignore 3', ['remove_ignore', { ignore: '3' }]],
    ['unignore *@*.spam.example', ['remove_ignore', { ignore: '*@*.spam.example' }]],
    ['ignores', ['list_ignores', {}]],
    ['help', ['help', {}]],
    ['help HOLD', ['help', { topic: 'HOLD' }]],
    ['help hold_ticket', ['help', { topic: 'hold_ticket' }]],
    ['hold_ticket ticket=5', ['hold_ticket', { ticket: '5' }]],
    [
      'resolve ticket=5 resolution="It is \\"out\\" \\\\ over."',
      ['resolve', { ticket: '5', resolution: 'It is "out" \\ over.' }],
    ],
    ['hold_ticket  ticket=5\treason=""  ', ['hold_ticket', { ticket: '5', reason: '' }]],
    ['hold_ticket reason="a=b c=d" ticket=', ['hold_ticket', { reason: 'a=b c=d', ticket: '' }]],
    ['hold_ticket reason="two\nlines"', ['hold_ticket', { reason: 'two\nlines' }]],
    ['hold_ticket nonsense=1', ['hold_ticket', { nonsense: '1' }]],
    ['list_queues', ['list_queues', {}]],
  ]
  for (const [line, said] of table) t.strictSame(read(line), said, shown(line))
  const proto = parseCommand('hold_ticket __proto__=x constructor=y')!.command.params
  t.same(Object.keys(proto), ['__proto__', 'constructor'], 'names of Object.prototype are ordinary names')
})

/** Subjects that a person might write: none of them is a command or a mistyped command. */
const PERSONS = [
  'Hold the door',
  'Re: hold 5',
  'Fwd: hold 5',
  'AW: hold 5',
  'test',
  'Test mail',
  'test the printer',
  'Hold on',
  'Due to the weather',
  'Die 3 Drucker brennen',
  'dues 5 friday',
  'Ignore my last mail',
  'Ignore this',
  'Unignore me',
  'Hold music: too loud',
  'hello world',
  'Hello',
  'Please help me',
  'Help me',
  'Help! Fire',
  'help needed',
  'User cannot log in',
  'users cannot log in',
  'queues are full',
  'Create a new account',
  'create an account: tom',
  'Resolve the conflict',
  'Delete my account',
  'followup to our call',
  'Ticket 5',
  '5',
  '#5',
  '',
  ' ',
  '"',
  ':',
  '=',
  'hold my beer: 5',
  'constructor',
  '__proto__',
  'Bold 5 in the text',
  'Hole in the wall',
  'Title: my book',
  'Close the window',
  'Resolve my ticket like the last one',
  'Duplicate keys of 5 doors',
  'History of 5 tickets',
  'Take care',
  'Please help',
  'Create account - John',
  'Please take it',
  'Move my desk',
  'Import exclusions into my calendar',
  'Add queue for the canteen',
  'Assign me a desk',
]

t.test('lines that are not commands', async t => {
  for (const line of PERSONS) {
    t.equal(parseCommand(line), undefined, shown(line))
    t.equal(nearMiss(line), undefined, `not a mistyped command: ${shown(line)}`)
  }
  const strange = [
    'hold \uff15',
    'hold \u0665',
    'hold 5\nx',
    'ho\u200bld 5',
    'hold\u20285',
    'resolve 5 - 7 fuses',
    'create support - title',
    'hold 5 -soon',
    'hold 5,',
    'hold 5?',
    'test test hold 5',
    'test batch',
    'hold 5 and the door',
    'hold ref:',
    'hold ref:a b',
    'hold ref:a-5, the door',
    'hold -5',
    'hold 5.0',
    'hold [support-31794',
    'hold support-31794',
    'hold [Support-]',
    'hold5',
    'hold: 5',
    'hold 5; queues',
    'create: title',
    'create support',
    'create support title',
    'delete 5',
    'delete 5 confirm x',
    'user',
    'user a b',
    'queues x',
    'help x y',
    'hold_ticket 5',
    'hold_ticket ticket = 5',
    'hold_ticket "ticket"=5',
    'hold_ticket ticket="5',
    'hold_ticket ticket="5"6',
    'hold_ticket ticket=5"',
    'HOLD_TICKET ticket=5',
    'hold_ticket,ticket=5',
    'hold_ticket\u00a0ticket=5',
    'toString x=1',
    'hld 5',
    'duplicate 5 6',
    'duplicate 5 of 6,7',
    'duplicate 5 of',
    'resolve 5 like',
    'resolve 5 as 6',
    'watch 5 ann',
    'move 5',
  ]
  for (const line of strange) t.equal(parseCommand(line), undefined, shown(line))
})

t.test('a parameter that is given twice is refused', async t => {
  for (const line of ['hold_ticket ticket=5 ticket=5', 'hold_ticket __proto__=1 __proto__=2']) {
    t.throws(() => parseCommand(line), { code: 'invalid', message: /^"\w+" is given twice; give it once\.$/ })
    const [first = '', ...rest] = line.split(' ')
    t.throws(() => plainCommand(first, rest), { code: 'invalid' })
  }
})

t.test('the refusal of a mistyped command shows how to write it', async t => {
  const table: [string, string][] = [
    [
      'hold 31794abc',
      'ticket: "31794abc" is not a ticket number; give only digits, like 31794. Write: hold <ticket> [until <until>][: <reason>]',
    ],
    ['hld 5', '"hld 5" is not understood. Write: hold 5'],
    ['Hodl #5', '"Hodl #5" is not understood. Write: hold #5'],
    ['unhodl 5: it is here', '"unhodl 5: it is here" is not understood. Write: unhold 5: it is here'],
    ['hold1', '"hold1" is not understood. Write: hold 1'],
    ['due24 dec\thold', 'is not understood. Write: due 24 dec hold'],
    ['Resolve#5: done', 'is not understood. Write: Resolve #5: done'],
    ['hold 1 waiting for the part', 'is not understood. Write: hold 1: waiting for the part'],
    ['Hold 5 minutes', '"Hold 5 minutes" is not understood. Write: Hold 5: minutes'],
    ['resolve 5 6 done', '"resolve 5 6 done" is not understood. Write: resolve 5 6: done'],
    ['priority 5 1 the floor waits', 'is not understood. Write: priority 5 1: the floor waits'],
    ['watch 5 minutes', '"watch 5 minutes" is not understood. Write: watch <ticket> [<email>]'],
    ['hold 5 until', '"hold 5 until" is not understood. Write: hold <ticket> [until <until>][: <reason>]'],
    ['delete 5', '"delete 5" is not understood. Write: delete <ticket> confirm'],
    ['resolv 5', '"resolv 5" is not understood. Write: resolve 5'],
    ['reslove 5 like 6', '"reslove 5 like 6" is not understood. Write: resolve 5 like 6'],
    [
      'resolve 5x',
      'ticket: "5x" is not a ticket number; give only digits, like 31794. Write: resolve <ticket>[: <resolution>] or resolve <ticket> like <like>',
    ],
    ['resolve 5 as 6', '"resolve 5 as 6" is not understood. Write: resolve 5: as 6'],
    [
      'hold 5 dry_run=y',
      'Beside dry_run=, each parameter needs its name. Write: hold_ticket ticket=… dry_run=…',
    ],
    ['list limit=5', 'Beside limit=, each parameter needs its name. Write: list_tickets limit=…'],
    ['move 5 into sales', '"move 5 into sales" is not understood. Write: move <ticket> <queue>'],
    ['Move #5', 'is not understood. Write: move <ticket> <queue>'],
    ['reslove 5: done', '"reslove 5: done" is not understood. Write: resolve 5: done'],
    ['follow 5: x', '"follow 5: x" is not understood. Write: followup 5: x'],
    ['hold', '"hold" is not understood. Write: hold <ticket> [until <until>][: <reason>]'],
    ['due 5', '"due 5" is not understood. Write: due <ticket> <due_date>[: <reason>]'],
    ['hold: 5', '"hold: 5" is not understood. Write: hold 5'],
    ['Import  exclusions', '"Import  exclusions" is not understood. Write: import_exclusions'],
    [
      'import exclusions queues=support',
      '"import exclusions queues=…" is not understood. Write: import_exclusions [calendar=…] [queues=…]',
    ],
    ['list held back', '"list held back" is not understood. Write: list_held_back'],
    ['hold ticket', '"hold ticket" is not understood. Write: hold <ticket> [until <until>][: <reason>]'],
    ['Please hold 5!', '"Please hold 5!" is not understood. Write: hold 5'],
    ['prio 5 1', '"prio 5 1" is not understood. Write: priority 5 1'],
    ['take it', 'Write: take <ticket>'],
    ['hold \uff15', null as never],
    ['hold_ticket 5', '"hold_ticket 5" is not understood. Write: hold <ticket> [until <until>][: <reason>]'],
    ['creat support: x', '"creat support: x" is not understood. Write: create support: x'],
    [
      'add_queue Sales',
      '"add_queue Sales" is not understood. Write: add_queue title=… slug=… [email_address=…] [new_ticket_cc=…] [updated_ticket_cc=…] [escalate_days=…] [escalate_at=…] [time_zone=…] [tells_escalation=…] [default_owner=…] [locale=…] [greeting=…] [signature=…] [quote=…] [join_minutes=…] [importance=…] [forwards=…]',
    ],
    [
      'set_password username=al new_password=a b',
      '"set_password username=…" is not understood. Write: set_password username=… new_password=…',
    ],
  ]
  for (const [line, sentence] of table) {
    const failure = nearMiss(line)
    if (sentence === null) t.equal(failure, undefined, line)
    else t.match(failure, { code: 'invalid', message: sentence }, line)
    t.equal(parseCommand(line), undefined)
  }
  t.equal(shownLine('set_pasword username=al new_password=secret'), '"set_pasword username=…"')
})

t.test('the text of the mail is the parameter that the line leaves free', async t => {
  const params = (line: string, beside: string) => commandWithBody(parseCommand(line)!, beside).params
  t.strictSame(params('followup 5', 'a\nb'), { ticket: '5', message: 'a\nb' })
  t.strictSame(params('followup 5:', 'a'), { ticket: '5', message: 'a' })
  t.strictSame(params('followup 5: x', 'and more'), { ticket: '5', message: 'x\n\nand more' })
  t.strictSame(
    { ...params('resolve ticket=5 resolution=x', 'more') },
    { ticket: '5', resolution: 'x\n\nmore' },
  )
  t.strictSame(params('followup 5', ' \n'), { ticket: '5' })
  t.strictSame(params('hold 5', 'a part'), { ticket: '5', reason: 'a part' })
  t.strictSame(params('take 5', 'my signature'), { ticket: '5' })
  t.strictSame({ ...params('add_followup ticket=5', 'a') }, { ticket: '5', message: 'a' })
})

t.test('which commands name a ticket', async t => {
  for (const line of ['hold 5', 'delete 5 confirm', 'resolve ticket=5'])
    t.ok(namesTicket(parseCommand(line)!), line)
  for (const line of ['queues', 'create support: x', 'help hold', 'hold_ticket'])
    t.notOk(namesTicket(parseCommand(line)!), line)
})

t.test('a table with wrong grammars does not load', async t => {
  const base = {
    summary: '',
    description: '',
    may: 'agent',
    example: { command: '', says: '' },
    run: async () => '',
    says: () => '',
  } as const
  const made = (name: string, command: string, params: Method['params'], body?: string): Method => ({
    ...base,
    name,
    command,
    params,
    ...(body ? { body } : {}),
  })
  const one = { ticket: ticket('x') }
  const two = { ticket: ticket('x'), reason: text('x') }
  const throws = (table: Method[], message: string) => t.throws(() => grammarsOf(table), { message })
  throws([made('a', 'hold', one)], 'a: its grammar has no place for ticket')
  throws([made('a', 'hold <ticket>', two)], 'a: its grammar has no place for reason')
  throws([made('a', 'hold <ticket> now', one)], 'a: its grammar names now, which is not a parameter')
  throws([made('a', 'hold <who>', {})], 'a: its grammar names who, which is not a parameter')
  throws([made('a', '<ticket>', one)], 'a: its grammar does not begin with a verb')
  throws([made('a', 'hold  <ticket>', one)], 'a: its grammar hold  <ticket> is malformed')
  t.equal(grammarsOf([made('a', 'hold <ticket>', two, 'reason')]).length, 1)
  t.equal(grammarsOf([made('a', 'hold <ticket>', { ...one, more: optional(line('x', 9)) })]).length, 1)
  t.equal(methods.size, new Set(methods.keys()).size)
})

t.test('of two methods with the same verb, the first whose grammar fits a line is called', async t => {
  const said = (line: string) => parseCommand(line)?.method.name
  t.equal(said('resolve 5: x'), 'resolve')
  t.equal(said('resolve 5 like 6'), 'resolve_like')
  const told = helpText(topics, { door: 'mail', actor: { kind: 'operator' } }, 'resolve')
  t.match(told, /^resolve <ticket>\[: <resolution>\]\n[\s\S]+\n\nresolve <ticket> like <like>\n/)
  t.match(
    helpText(topics, { door: 'mail', actor: { kind: 'operator' } }, 'resolve_like'),
    /^resolve <ticket> like <like>\n/,
  )
})

t.test('help by mail tells of several commands and of commands in a reply', async t => {
  const operator = { kind: 'operator' } as const
  const told =
    /send "batch" as the subject [\s\S]*\nIn a reply [\s\S]* as below "\/assign fred", that text is your reply/
  t.match(helpText(topics, { door: 'mail', actor: operator }), told)
  t.notMatch(helpText(topics, { door: 'shell', actor: operator }), /In a reply/)
})

t.test('a grammar with an unknown parameter does not compile', async t => {
  const wrong = {
    name: 'wrong',
    summary: '',
    description: '',
    may: 'agent',
    params: { ticket: ticket('x') },
    example: { command: '', says: '' },
    run: async () => '',
    says: () => '',
  } as const
  method({ ...wrong, command: 'hold <ticket>' })
  // @ts-expect-error The name of the parameter is ticket.
  method({ ...wrong, command: 'hold <tiket>' })
  // @ts-expect-error There is no parameter reason.
  method({ ...wrong, command: 'hold <ticket>[: <reason>]' })
  // @ts-expect-error There is no parameter message.
  method({ ...wrong, body: 'message' })
  t.pass('the compiler has checked it')
})

const VERBS = [
  'hold',
  'unhold',
  'due',
  'followup',
  'resolve',
  'create',
  'delete',
  'user',
  'help',
  'hold_ticket',
  'add_user',
  'hld',
  'Re:',
]
const PIECES = [
  ...VERBS,
  ' ',
  '\t',
  ':',
  '"',
  '\\',
  '=',
  '5',
  '#5',
  '[support-5]',
  '31794abc',
  'public',
  'confirm',
  'friday',
  '24 dec',
  'ticket=',
  'ticket=5',
  'reason="a b"',
  '__proto__=x',
  '\u00a0',
  '\uff15',
  '\u202e',
  '\0',
  '\n',
  'susan',
  'support',
  'x',
]
const lines = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 100 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map(pieces => pieces.join('')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map(pieces => pieces.join(' ')),
)

t.test('any line is a command, or is not, or is refused with a sentence', async () => {
  fc.assert(
    fc.property(lines, given => {
      try {
        const said = parseCommand(given)
        if (said) return methods.has(said.command.method)
        const miss = nearMiss(given)
        return miss === undefined || isGoodSentence(miss.message)
      } catch (error) {
        return error instanceof Failure && error.code === 'invalid' && isGoodSentence(error.message)
      }
    }),
    runs(5000),
  )
})

t.test('the plain form of a command gives that command', async () => {
  const key = fc.stringMatching(/^[a-z_]{1,12}$/)
  const value = fc.oneof(fc.string({ unit: anyCharacter }), fc.stringMatching(/^["\\ =\t\n:a]{0,12}$/))
  const params = fc.dictionary(key, value, { maxKeys: 6, noNullPrototype: false })
  fc.assert(
    fc.property(fc.constantFrom(...methods.keys()), params, (name, given) => {
      const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
      const pairs = Object.entries(given)
      const line = [name, ...pairs.map(([key, text]) => `${key}=${quoted(text)}`)].join(' ')
      const shell = plainCommand(
        name,
        pairs.map(([key, text]) => `${key}=${text}`),
      )
      return [parseCommand(line), shell].every(said => {
        if (said?.command.method !== name) return false
        return JSON.stringify(Object.entries(said.command.params)) === JSON.stringify(pairs)
      })
    }),
    runs(2000),
  )
})

t.test('parsing a line takes linear time', async t => {
  const repeats: [string, (length: number) => string][] = [
    ['blanks', n => `hold 5: x${' '.repeat(n)}y`],
    ['blanks before a letter', n => `hold 5${' '.repeat(n)}x`],
    ['blanks at the start', n => `${' '.repeat(n)}x`],
    ['colons', n => `followup 5 ${':'.repeat(n)}`],
    ['blanks and colons', n => `create support${' :'.repeat(n)}`],
    ['digits', n => `hold ${'1'.repeat(n)}x`],
    ['a tag', n => `hold [a${'-1'.repeat(n)}`],
    ['quotes', n => `hold_ticket reason=${'"'.repeat(n)}`],
    ['an open quote', n => `hold_ticket reason="${'\\"'.repeat(n)}`],
    ['pairs', n => `hold_ticket${' a='.repeat(n)}"`],
    ['letters', n => 'a_'.repeat(n)],
    ['a long word', n => `hold ${'x'.repeat(n)}5`],
    ['a list', n => `assign ${'5 '.repeat(n / 2)}: x`],
    ['final marks', n => `hold 5${'.'.repeat(n)}x`],
  ]
  for (const [name, make] of repeats) {
    const growth = await growthOf(1_500, n => {
      const line = make(n)
      return () => tried(line)
    })
    t.equal(growth, 'linear', name)
  }
})

function tried(line: string): void {
  try {
    parseCommand(line)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
  }
  nearMiss(line)
}

function isGoodSentence(sentence: string): boolean {
  return sentence.length <= 400 && !/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(sentence)
}

t.test('a text of only line ends takes linear time', async t => {
  t.equal(plainText('a\r\nb\rc\n\0d\r\r\n'), 'a\nb\nc\nd\n\n')
  const growth = await growthOf(30_000, n => {
    const text = '\r'.repeat(n)
    return () => plainText(text)
  })
  t.equal(growth, 'linear')
})
