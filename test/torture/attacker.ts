import { attacks } from './attacks.ts'

/** Attacks from a process of its own, so that those who are honest do not wait for it: the attack, both ports, and for how many seconds. */
const [name = '', http = '', smtp = '', seconds = ''] = process.argv.slice(2)
process.on('uncaughtException', () => {})
await attacks[name]!({ http: Number(http), smtp: Number(smtp) }, AbortSignal.timeout(Number(seconds) * 1000))
process.exit(0)
