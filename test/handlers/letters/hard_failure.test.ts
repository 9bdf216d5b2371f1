import fc from 'fast-check'
import t from 'tap'
import { isHardFailure } from '../../../handlers/letters/hard_failure.ts'
import { runs } from '../../runs.ts'

t.test('which replies say that an address takes no mail', async t => {
  for (const [isHard, words] of [
    [true, '550 5.1.1 <ann@customer.example>: user unknown'],
    [true, '550-5.1.1 The email account that you tried to reach does not exist'],
    [true, 'status 5.0.0'],
    [true, '553 sorry'],
    [true, 'Sorry, no mailbox here by that name. (#5.1.1)'],
    [true, '<ann@customer.example>: host mx1[192.0.2.25] said: 550 no such user'],
    [true, '552 5.2.2 mailbox full'],
    [true, '5.5.0 smtp; 550 gone'],
    [false, '450 4.2.0 Greylisted'],
    [false, '421 too many connections'],
    [false, '451 4.3.0 try again, we had 550 of these'],
    [false, '550 4.4.7 QUEUE.Expired; message expired'],
    [false, '554 5.7.1 Relay access denied'],
    [false, '550 5.7.26 This mail is unauthenticated'],
    [false, '552 5.3.4 Message size exceeds limit'],
    [false, '554 5.6.0 content rejected'],
    [false, 'Sorry, that person does not work here.'],
    [false, 'host 192.0.2.5.1.1.7 is gone'],
    [false, 'what it was about no longer exists'],
    [false, 'the mail has 5500 bytes'],
  ] as const)
    t.equal(isHardFailure(words), isHard, words)
  fc.assert(
    fc.property(fc.string(), words => typeof isHardFailure(words) === 'boolean'),
    runs(200),
  )
})
