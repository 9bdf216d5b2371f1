import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withPath } from '../../data/disk.ts'
import { Failure } from '../../data/failure.ts'
import type { Config } from '../config/config.ts'
import { becomeOwner } from '../drop_privileges.ts'
import type { Events } from '../log/events.ts'
import { type Client, connect, isReached } from '../shell/client.ts'
import { NotACommand } from '../shell/not_a_command.ts'
import type { Done } from '../shell/run.ts'

const ALONE = 'No daemon runs here; the mail is looked at as by a new helpdesk with one queue.'

/**
 * Whether the words after `why` name a file, not a mail of the helpdesk. A file whose name is a number is named with its directory:
 * `./12`.
 */
export function namesFile(words: readonly string[]): boolean {
  const [word = ''] = words
  return words.length === 1 && word !== '' && !/^#?[0-9]+$/.test(word) && !/^[a-z_]+=/.test(word)
}

/**
 * Says what the mail in a file would become: for the running daemon, or else for a new helpdesk that lives as long as this takes. Throws
 * the system's error if the file cannot be read.
 */
export async function whyFile(config: Config, events: Events, path: string): Promise<Done> {
  const latin1 = await mailIn(path)
  if (await isReached(config.state_dir)) return asked(config.state_dir, events, explaining(latin1))
  const directory = await mkdtemp(join(tmpdir(), 'helpdeskd-'))
  try {
    return await withoutDaemon({ ...config, ...aloneIn(directory) }, events, latin1)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** What was wrong with the words after `proof`. */
const PROOF_USAGE =
  'Write: proof FILE [--ip ADDRESS], with the address of the server that the mail came from.'

/**
 * Says what each proof makes of the mail in a file: `FILE [--ip ADDRESS]` are the words. Throws NotACommand for other words, Failure
 * `unavailable` if no daemon runs, and the system's error if the file cannot be read.
 */
export async function proofFile(config: Config, events: Events, words: readonly string[]): Promise<Done> {
  const at = words.indexOf('--ip')
  const ip = at < 0 ? undefined : words[at + 1]
  const [path, ...more] = at < 0 ? words : words.filter((_, place) => place !== at && place !== at + 1)
  if (path === undefined || more.length > 0 || (at >= 0 && ip === undefined))
    throw new NotACommand('invalid', PROOF_USAGE)
  const latin1 = await mailIn(path)
  await becomeOwner(config.state_dir)
  if (!(await isReached(config.state_dir)))
    throw new Failure('unavailable', 'The daemon is not running; start it, then try the proofs.')
  const params = ip === undefined ? { latin1 } : { latin1, ip }
  return asked(config.state_dir, events, client => client.run({ method: 'explain_proofs', params }))
}

/** The mail in a file, a character for each byte. */
async function mailIn(path: string): Promise<string> {
  const bytes = await readFile(path).catch(error => Promise.reject(withPath(error, path)))
  return withNetworkEnds(bytes.toString('latin1'))
}

/** A mail that was saved with the line ends of Unix, as it came. */
function withNetworkEnds(latin1: string): string {
  return latin1.includes('\r\n') ? latin1 : latin1.replaceAll('\n', '\r\n')
}

/** Its doors are sockets in its own directory. */
function aloneIn(directory: string): Partial<Config> {
  return {
    state_dir: join(directory, 'state'),
    'http.listen': [{ path: join(directory, 'http') }],
    'http.tls_cert': '',
    'http.tls_key': '',
    'smtp.listen': [{ path: join(directory, 'smtp') }],
    'smtp.tls_cert': '',
    'smtp.tls_key': '',
    'mail.queue': '',
  }
}

async function withoutDaemon(config: Config, events: Events, latin1: string): Promise<Done> {
  // Loaded here, since the doors take a while to load and the other shell commands do not need them.
  const { startDaemon } = await import('../daemon.ts')
  const daemon = await startDaemon(config, events)
  try {
    return await asked(config.state_dir, events, async client => {
      await client.run({ method: 'add_queue', params: { title: 'Support', slug: 'support' } })
      const done = await explaining(latin1)(client)
      if (done.exit !== 0) return done
      const says = `${ALONE}\n${done.says}`
      return { ...done, says, gives: says }
    })
  } finally {
    await daemon.stop()
  }
}

function explaining(latin1: string): (client: Client) => Promise<Done> {
  return client => client.run({ method: 'explain_file', params: { latin1 } })
}

async function asked(
  directory: string,
  events: Events,
  work: (client: Client) => Promise<Done>,
): Promise<Done> {
  const client = await connect(directory, events)
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}
