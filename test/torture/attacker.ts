import { Answers, attacks } from './attacks.ts'

/** Attacks from a process of its own, so that those who are honest do not wait for it: the attack, both ports, and for how many seconds. */
const [name = '', http = '', smtp = '', seconds = ''] = process.argv.slice(2)
process.on('uncaughtException', () => {})
const answers = new Answers()
const until = AbortSignal.timeout(Number(seconds) * 1000)
await attacks[name]!({ http: Number(http), smtp: Number(smtp) }, until, answers)
process.send!(answers.counts, () => process.exit(0))
