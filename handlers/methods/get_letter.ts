import { LETTER_FACTS, letterFacts } from '../letters/records/letter_listing.ts'
import { letterNumber } from '../letters/records/letter_number.ts'
import { letterSteps } from '../letters/records/letter_steps.ts'
import { reasonOf } from '../letters/refusals/reason_of.ts'
import { method } from '../method.ts'
import { ID, INSTANT, listOf, objectOf, orNull, TEXT } from '../result_schema.ts'

/** The answer of the example. */
const STEPS = [
  'Letter 2 to maria@example.net about ticket 12 (followed_up) was written on 2026-03-01 12:00 UTC.',
  '2026-03-01 12:00 UTC: 452 4.2.2 mailbox full\n  The mailbox is full.',
  'It was given up on 2026-03-01 12:00 UTC.',
  'To try it again now: retry 2',
]

export default method({
  name: 'get_letter',
  summary: 'Show what became of a letter.',
  description:
    'Its recipient and what it is about, each attempt with the reply of the server and what that means, reports about it, and when it is tried next. Its text is not shown: it is made new at each attempt from what the ticket says then, and has keys and links that prove who answers; the follow-up has the words.',
  may: 'admin',
  reads: true,
  params: { letter: letterNumber('The number of the letter; letters and the log have it.') },
  command: 'letter <letter>',
  example: {
    command: 'letter 2',
    says: STEPS.join('\n'),
    gives: {
      letter: 2,
      to: 'maria@example.net',
      event: 'followed_up',
      ticket: 12,
      state: 'failed',
      created: '2026-03-01T12:00:00.000Z',
      next_attempt: null,
      last_attempt: '2026-03-01T12:00:00.000Z',
      reply: '452 4.2.2 mailbox full',
      followup: 2,
      retried: null,
      attempts: [
        { at: '2026-03-01T12:00:00.000Z', reply: '452 4.2.2 mailbox full', reason: 'The mailbox is full.' },
      ],
      reports: [],
      steps: STEPS,
    },
  },
  run: async ({ letter }, { tx, tickets }) => {
    if (letter.ticket !== null) tickets.add(letter.ticket)
    return { letter, steps: await letterSteps(tx, letter) }
  },
  says: ({ steps }) => steps.join('\n'),
  gives: ({ letter, steps }) => {
    const { followup, retried = null, attempts, reports = [] } = letter
    return {
      ...letterFacts(letter),
      followup,
      retried,
      attempts: attempts.map(({ at, reply }) => ({ at, reply, reason: reasonOf(reply)?.says ?? null })),
      reports,
      steps,
    }
  },
  givesSchema: objectOf({
    ...LETTER_FACTS,
    followup: orNull(ID),
    retried: orNull(INSTANT),
    attempts: listOf(objectOf({ at: INSTANT, reply: TEXT, reason: orNull(TEXT) })),
    reports: listOf(objectOf({ at: INSTANT, outcome: TEXT, words: TEXT })),
    steps: listOf(TEXT),
  }),
})
