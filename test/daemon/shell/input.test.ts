import { spawn } from 'node:child_process'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { saidBy, withInput } from '../../../daemon/shell/command_line.ts'
import type { Input } from '../../../daemon/shell/input.ts'
import { MOST_BYTES } from '../../../daemon/shell/message.ts'
import { endWith } from '../../ended.ts'
import { NODE, ROOT } from '../../program.ts'

const INPUT = `${ROOT}dist/daemon/shell/input.js`

/** What `call` of the standard input of a process gives: a text, or the sentence of an error. The input stays open if it is `open`. */
async function read(t: Test, call: string, input: string | Buffer, end: 'open' | 'closed' = 'closed') {
  const code = `import { standardInput } from ${JSON.stringify(INPUT)}
console.log(await standardInput.${call}.catch(error => error.message))
process.exit()`
  const child = spawn('env', [...NODE, '--input-type=module', '--eval', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  endWith(t, child)
  child.stdin.on('error', () => {})
  if (end === 'open') child.stdin.write(input)
  else child.stdin.end(input)
  return String(await buffer(child.stdout)).replace(/\n$/, '')
}

t.test('a text is read to its end', async t => {
  t.equal(await read(t, 'text()', 'From\nbelow.\n'), 'From\nbelow.\n')
  t.equal(await read(t, 'text()', ''), '')
  t.match(await read(t, 'text()', Buffer.alloc(MOST_BYTES + 1)), /^Standard input is too large/)
})

t.test('a secret is the first line', async t => {
  t.equal(await read(t, 'secret("x")', 'a long sentence\r\nmore'), 'a long sentence')
  t.equal(
    await read(t, 'secret("x")', 'a long sentence\n', 'open'),
    'a long sentence',
    'the end is not needed',
  )
  for (const none of ['', '\n'])
    t.equal(await read(t, 'secret("x")', none), 'x is missing; give it on standard input.')
})

t.test('a command without a text, or that has it in its line, reads none', async t => {
  const read = async () => {
    throw new Error('it is read')
  }
  const unread: Input = { text: read, secret: read }
  for (const line of ['hold 1', 'followup 1: x'])
    t.match(await withInput(saidBy(line.split(' ')), unread), { params: { ticket: '1' } })
})
