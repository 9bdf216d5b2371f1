import type { Hours } from '../../handlers/escalation/hours.ts'
import type { Config } from './config.ts'

/** The hour and the zone of queues that have none of their own. */
export function hoursIn(config: Pick<Config, `escalation.${'at' | 'time_zone'}`>): Hours {
  return { at: config['escalation.at'], time_zone: config['escalation.time_zone'] }
}
