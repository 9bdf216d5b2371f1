import { Resolver } from 'node:dns/promises'
import { SECOND } from '../../../data/durations.ts'

/** DNS says nothing about a name: there may be records, or not. */
export class DnsSilent extends Error {}

const ATTEMPTS = 2
/** In milliseconds: for one attempt, of which the second takes twice as long, and for all questions together. */
export const DNS_WAITS = { attempt: SECOND, whole: 5 * SECOND }
const MOST_QUESTIONS = 500
/** More records of one name are not looked at, nor more characters of one text. */
const MOST_RECORDS = 100
const LONGEST_TEXT = 4096
/** What says that there is no such record, or no such name. */
const NONE: readonly unknown[] = ['ENODATA', 'ENOTFOUND', 'EBADNAME']

/** The servers to ask, if not those of the system, and how long. */
export interface DnsSetting {
  readonly servers?: readonly string[]
  readonly waits?: typeof DNS_WAITS
}

/** A record that names a host for mail; a null MX (RFC 7505) has an empty host. */
export interface MailHost {
  readonly exchange: string
  readonly priority: number
}

/**
 * Asks DNS for a few seconds; each answer is a list, which is empty if there are no such records. Whatever keeps DNS from answering is
 * DnsSilent: no network, a server that fails or refuses, too many questions, no time left. Only tests have a setting.
 */
export class DnsAnswers {
  readonly #resolver: Resolver
  readonly #timer: NodeJS.Timeout
  #left = MOST_QUESTIONS

  constructor({ servers, waits = DNS_WAITS }: DnsSetting = {}) {
    this.#resolver = new Resolver({ timeout: waits.attempt, tries: ATTEMPTS })
    if (servers) this.#resolver.setServers(servers)
    this.#timer = setTimeout(() => this.close(), waits.whole)
  }

  /** Ends all questions, so that those that still run find DNS silent. */
  close(): void {
    clearTimeout(this.#timer)
    this.#left = 0
    this.#resolver.cancel()
  }

  /** The TXT records of a name, each as one text (RFC 7208 3.3). */
  async texts(name: string): Promise<string[]> {
    const records = await this.#ask(() => this.#resolver.resolveTxt(name))
    return records.map(parts => parts.join('').slice(0, LONGEST_TEXT))
  }

  /** The MX records of a domain, the preferred ones first. */
  async mailHosts(domain: string): Promise<MailHost[]> {
    const records = await this.#ask(() => this.#resolver.resolveMx(domain))
    return records.sort((a, b) => a.priority - b.priority)
  }

  /** The addresses of a host, of both kinds. */
  async addresses(host: string): Promise<string[]> {
    const [ip4, ip6] = await Promise.all([
      this.#ask(() => this.#resolver.resolve4(host)),
      this.#ask(() => this.#resolver.resolve6(host)),
    ])
    return [...ip4, ...ip6]
  }

  async #ask<R>(question: () => Promise<R[]>): Promise<R[]> {
    if (this.#left <= 0) throw new DnsSilent()
    this.#left--
    try {
      return (await question()).slice(0, MOST_RECORDS)
    } catch (error) {
      if (NONE.includes((error as NodeJS.ErrnoException).code)) return []
      throw new DnsSilent()
    }
  }
}
