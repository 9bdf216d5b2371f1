import t from 'tap'
import { invocationOf } from '../../../daemon/shell/arguments.ts'

delete process.env.HELPDESKD_CONFIG
const usual = {
  config: '/etc/helpdeskd/helpdeskd.toml',
  option: '',
  json: false,
  as: undefined,
  words: [] as string[],
}

t.test('options come before the command', async t => {
  for (const [argv, found] of [
    [[], {}],
    [['queues'], { words: ['queues'] }],
    [['--json', 'queues'], { json: true, words: ['queues'] }],
    [['--config', 'x y', 'queues'], { config: 'x y', option: " --config 'x y'", words: ['queues'] }],
    [['--config=a=b', 'queues'], { config: 'a=b', option: ' --config a=b', words: ['queues'] }],
    [['--config', '-x', 'queues'], { config: '-x', option: ' --config -x', words: ['queues'] }],
    [['--config', 'a', '--config', 'b'], { config: 'b', option: ' --config b' }],
    [['--as', 'susan', 'queues'], { as: 'susan', words: ['queues'] }],
    [['--help'], { words: ['help'] }],
    [['-h', 'hold'], { words: ['help', 'hold'] }],
    [['--help', '--json', 'hold'], { json: true, words: ['help', 'hold'] }],
    // The words of a command are not options.
    [['note', '5', '--json'], { words: ['note', '5', '--json'] }],
    [['note', '5', '--', '--config', '-h'], { words: ['note', '5', '--', '--config', '-h'] }],
    [['note', '5', '--config'], { words: ['note', '5', '--config'] }],
    [['--json', '--', '--note', '-5', '--'], { json: true, words: ['--note', '-5', '--'] }],
    [['', '--json'], { words: ['', '--json'] }],
    [['-'], { words: ['-'] }],
  ] as const)
    t.same(invocationOf(argv), { ...usual, ...found }, argv.join(' '))
})

t.test('a wrong option gives a sentence', async t => {
  for (const [argv, sentence] of [
    [['--bogus', 'queues'], 'There is no option "--bogus".'],
    [['--bogus=1'], 'There is no option "--bogus".'],
    [['--configs'], 'There is no option "--configs".'],
    [['--no-json'], 'There is no option "--no-json".'],
    [['--__proto__', 'x'], 'There is no option "--__proto__".'],
    [['--toString'], 'There is no option "--toString".'],
    [['-j'], 'There is no option "-j".'],
    [['-hx'], 'There is no option "-x".'],
    [['--config'], 'The option --config needs the name of a file.'],
    [['--config='], 'The option --config needs the name of a file.'],
    [['--config', '', 'queues'], 'The option --config needs the name of a file.'],
    [['--as'], 'The option --as needs the username of a user.'],
    [['--as=', 'queues'], 'The option --as needs the username of a user.'],
    [['--json=y', 'queues'], 'The option --json takes no value.'],
    [['--help=hold'], 'The option --help takes no value.'],
  ] as const)
    t.equal(invocationOf(argv), sentence, argv.join(' '))
})

t.test('the environment can name the config', async t => {
  process.env.HELPDESKD_CONFIG = 'env.toml'
  t.teardown(() => delete process.env.HELPDESKD_CONFIG)
  t.match(invocationOf(['queues']), { config: 'env.toml', option: ' --config env.toml' })
  t.match(invocationOf(['--config', 'x', 'queues']), { config: 'x' })
})
