import fc from 'fast-check'
import t from 'tap'
import { recipientStatuses } from '../../../../../daemon/mail/in/content/delivery_status.ts'
import { MIB } from '../../../../../data/sizes.ts'
import { anyCharacter } from '../../../../any_character.ts'
import { isFast } from '../../../../pace.ts'
import { runs } from '../../../../runs.ts'

const HALF = /\p{Cs}/u

/** What a part with this text says. */
function of(text: string | Buffer, type = 'message/delivery-status') {
  const leaf = { type, fields: new Map(), content: typeof text === 'string' ? Buffer.from(text) : text }
  return recipientStatuses({ type: 'multipart/mixed', children: [{ type: 'text/plain', children: [leaf] }] })
}

t.test('the recipients of a report', async t => {
  const two = of(
    'Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: Failed (bad)\r\nStatus: 5.1.1 (no)\r\nDiagnostic-Code: SMTP; 550 5.1.1\r\n\tno such\r\n user\r\n\r\n\r\nAction:delayed\r\n',
  )
  t.strictSame(two, [
    { action: 'failed', status: '5.1.1', diagnostic: '550 5.1.1 no such user' },
    { action: 'delayed', status: '', diagnostic: '' },
  ])
  const one = of(
    'Reporting-MTA: dns; mx\nFinal-Recipient: rfc822; a@b.example\nDiagnostic-Code: 550 gone\nfor good\nStatus: x\n',
  )
  t.strictSame(
    one,
    [{ action: '', status: '', diagnostic: '550 gone for good' }],
    'in one block, not indented',
  )
  t.strictSame(of('Reporting-MTA: dns; mx\n'), [])
  t.strictSame(of('Action: failed\n', 'text/plain'), [], 'another type')
  t.equal(of('Action: failed\n', 'message/global-delivery-status').length, 1)
})

t.test('any bytes give at most 20 recipients with short words', async t => {
  const line = fc.constantFrom(
    'Action: failed\n',
    '\n',
    ' x\n',
    'Diagnostic-Code: smtp; 550\n',
    '\r\n',
    'Status: 5.1.1\n',
    '\0',
  )
  const text = fc.array(
    fc.oneof(
      line,
      fc.array(anyCharacter).map(all => all.join('')),
    ),
    { maxLength: 100 },
  )
  fc.assert(
    fc.property(text, pieces => {
      const found = of(pieces.join(''))
      return (
        found.length <= 20 &&
        found.every(({ diagnostic }) => diagnostic.length <= 2000 && !HALF.test(diagnostic))
      )
    }),
    runs(200),
  )
  for (const [what, piece] of [
    ['line ends', '\n'],
    ['blocks', 'Action: failed\n\n'],
    ['folds', ' x\n'],
    ['a line', 'a'],
    ['colons', 'a:\n'],
  ] as const) {
    const raw = Buffer.concat([Buffer.from('Diagnostic-Code: x\n'), Buffer.alloc(16 * MIB, piece)])
    t.ok(await isFast(1000, () => of(raw)), what)
  }
})
