import t from 'tap'
import { refuseUnknown } from '../../../handlers/command/unknown_parameter.ts'

t.test('an unknown parameter is refused, and the sentence lists the known ones', async t => {
  const table: [string, object, string][] = [
    [
      'add_followup',
      { ticket: '1', nonsense: '' },
      'add_followup has no parameter "nonsense"; it has: ticket, message, public, expect, dry_run.',
    ],
    ['list_queues', { a: '' }, 'list_queues has no parameter "a"; it has: none.'],
    ['list_queues', { constructor: '' }, 'list_queues has no parameter "constructor"; it has: none.'],
    [
      'hold_ticket',
      JSON.parse('{"ticket":"31794","__proto__":"x"}'),
      'hold_ticket has no parameter "__proto__"; it has: ticket, until, reason, expect, dry_run.',
    ],
  ]
  for (const [method, params, message] of table)
    t.throws(() => refuseUnknown(method, { ...params }), { code: 'invalid', message })
})

t.test('known parameters pass, and unknown methods are not checked', async t => {
  t.doesNotThrow(() => refuseUnknown('hold_ticket', { ticket: '1', attachments: 'a door says that' }))
  t.doesNotThrow(() => refuseUnknown('explode', { a: '' }))
})
