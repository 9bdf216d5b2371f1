import { DAY } from '../../data/durations.ts'
import { whyNotAgain } from '../letters/records/not_again.ts'
import { tryAgain } from '../letters/records/try_again.ts'
import { type Call, method } from '../method.ts'
import { flag } from '../params/flags.ts'
import { optional } from '../params/kind.ts'
import { moment } from '../params/numbers_and_dates.ts'
import { COUNT, objectOf } from '../result_schema.ts'

/** In one call, so that its commit stays small. */
const MOST_RETRIED = 1000
const MOST_LOOKED_AT = 10_000

export default method({
  name: 'retry_failed',
  summary: 'Try letters again that have failed.',
  description:
    'Those that failed in the last day, or since a date; at most 1,000 in a call, the oldest first. Left out are letters to addresses to which no letters are written, and those whose recipients no longer hear of the ticket; retry_letter says of a letter why. A program gets how many are tried again (retried), how many were left out (left_out), and how many are left for another call (left).',
  may: 'admin',
  params: {
    since: optional(moment('Only letters that failed since then; by default, in the last day.')),
    failed: optional({ ...flag('The word of the command.'), fromDoor: true, fromSlot: () => ({}) }),
  },
  command: 'retry failed [since <since>]',
  example: {
    command: 'retry failed since 2026-03-01',
    says: '1 letter is tried again.',
    gives: { retried: 1, left_out: 0, left: 0 },
  },
  seeksLetters: ({ since }, { now }) => ({
    where: { state: 'failed', due: { from: since ?? dayBefore(now) } },
    by: [],
    limit: MOST_LOOKED_AT,
  }),
  run: (_, call) => retryFound(call),
  says: ({ retried, left_out, left }) =>
    [
      retried === 0 ? 'No letter is tried again.' : `${letters(retried)} tried again.`,
      ...(left_out > 0
        ? [
            `${letters(left_out)} left out, because no letters are written to the address or the recipient no longer hears of the ticket. "failing" lists such addresses, and "retry NUMBER" says why.`,
          ]
        : []),
      ...(left > 0 ? [`${letters(left)} left; for these, write the same again.`] : []),
    ].join('\n'),
  gives: counts => counts,
  givesSchema: objectOf({ retried: COUNT, left_out: COUNT, left: COUNT }),
})

async function retryFound({ tx, now, foundLetters }: Call) {
  let [retried, left_out, looked] = [0, 0, 0]
  for (const { id } of foundLetters) {
    if (retried === MOST_RETRIED) break
    looked++
    const letter = await tx.get('letters', id)
    if (letter?.state !== 'failed') continue
    if ((await whyNotAgain(tx, letter)) === undefined) {
      await tryAgain(tx, letter, now)
      retried++
    } else left_out++
  }
  return { retried, left_out, left: foundLetters.length - looked }
}

function dayBefore(now: string): string {
  return new Date(Date.parse(now) - DAY).toISOString()
}

function letters(count: number): string {
  return count === 1 ? '1 letter is' : `${count} letters are`
}
