import { Answers, attacks } from './attacks.ts'

/** Attacks from a child process, so that honest clients do not wait for it. Arguments: the attack, both ports, and the seconds. */
const [name = '', http = '', smtp = '', seconds = ''] = process.argv.slice(2)
process.on('uncaughtException', () => {})
const answers = new Answers()
const until = AbortSignal.timeout(Number(seconds) * 1000)
await attacks[name]!({ http: Number(http), smtp: Number(smtp) }, until, answers)
process.send!(answers.counts, () => process.exit(0))
