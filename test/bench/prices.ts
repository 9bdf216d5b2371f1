import type { LoadProcess, Probed } from './children.ts'
import type { Figure } from './figure.ts'
import type { Off } from './off.ts'
import { rates, tell } from './rates.ts'

const ROUNDS = 3
const SECONDS = 1
const meanings: Readonly<Record<Off, string>> = {
  sync: 'without the sync (what is written may be lost)',
  bcrypt: 'without bcrypt (every password is right)',
  cache: 'without the cache of logins (bcrypt at each call)',
}

/** The speed of hold_ticket without one of its costs. `start` starts a daemon. */
export async function prices(
  start: (off?: Off) => Promise<Probed>,
  tickets: number,
  load: LoadProcess,
  connections: number,
): Promise<Figure[]> {
  tell('starting daemons with something switched off')
  const held = ({ port }: Probed) => {
    return () => load.run({ call: 'hold', port, path: '/api', connections, tickets, seconds: SECONDS })
  }
  const kinds = {
    whole: held(await start()),
    sync: held(await start('sync')),
    bcrypt: held(await start('bcrypt')),
    cache: held(await start('cache')),
  }
  for (const warmUp of Object.values(kinds)) await warmUp()
  const rate = await rates(kinds, ROUNDS)
  // Otherwise the switch no longer works.
  if (rate.cache > rate.whole / 2) throw new Error('the cache of logins was not switched off')
  return (Object.keys(meanings) as Off[]).map(off => ({
    what: `hold_ticket at ${tickets} ${meanings[off]} ÷ with everything`,
    value: rate[off] / rate.whole,
  }))
}
