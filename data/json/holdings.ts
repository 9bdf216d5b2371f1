import { onDisk } from '../blocks.ts'
import type { KeptFile } from '../kept_files.ts'
import type { Usage } from '../store.ts'
import type { FileName, Id } from '../tables.ts'

/** A file: how many records name it, its bytes on disk, and the share of the first record that named it. */
interface Kept {
  records: number
  bytes: number
  readonly share: Share | undefined
}
/** The usage of one sender network, and how often each of its mail records names its raw mail. */
interface Share {
  readonly network: string
  bytes: number
  readonly raws: Map<Id<'mails'>, number>
}

/** The files that records name, and their disk usage: counted from the records at the start, and updated by each commit. */
export class Holdings implements Usage {
  readonly #kept = new Map<FileName, Kept>()
  readonly #shares = new Map<string, Share>()
  bytes = 0
  unproven = 0
  /** The files whose size no record says. */
  readonly unsized = new Set<FileName>()

  has(file: FileName): boolean {
    return this.#kept.has(file)
  }

  of(network: string): number {
    return this.#shares.get(network)?.bytes ?? 0
  }

  largest(): { network: string; bytes: number } | undefined {
    let largest: Share | undefined
    for (const share of this.#shares.values())
      if (share.raws.size > 0 && share.bytes > (largest?.bytes ?? -1)) largest = share
    return largest && { network: largest.network, bytes: largest.bytes }
  }

  rawsOf(network: string, limit: number): Id<'mails'>[] {
    const found: Id<'mails'>[] = []
    for (const mail of this.#shares.get(network)?.raws.keys() ?? []) {
      if (found.length === limit) break
      found.push(mail)
    }
    return found
  }

  /** To be called when a record names a file. */
  add({ file, size, network, mail }: KeptFile): void {
    const share = network === undefined ? undefined : this.#shareOf(network)
    if (share && mail !== undefined) share.raws.set(mail, (share.raws.get(mail) ?? 0) + 1)
    const kept = this.#kept.get(file)
    if (kept) {
      kept.records++
      return
    }
    if (size === undefined) this.unsized.add(file)
    const bytes = size === undefined ? 0 : onDisk(size)
    this.#kept.set(file, { records: 1, bytes, share })
    this.#grow(bytes, share)
  }

  /** To be called when a record no longer names a file. */
  remove({ file, network, mail }: KeptFile): void {
    const share = network === undefined ? undefined : this.#shares.get(network)
    if (share && mail !== undefined) {
      const times = (share.raws.get(mail) ?? 1) - 1
      if (times > 0) share.raws.set(mail, times)
      else share.raws.delete(mail)
    }
    const kept = this.#kept.get(file)
    if (kept && --kept.records === 0) {
      this.#kept.delete(file)
      this.unsized.delete(file)
      this.#grow(-kept.bytes, kept.share)
    }
    if (share) this.#tidy(share)
  }

  /** Sets the size of a file whose size no record says. */
  measured(file: FileName, size: number): void {
    const kept = this.#kept.get(file)
    if (!kept || !this.unsized.delete(file)) return
    kept.bytes = onDisk(size)
    this.#grow(kept.bytes, kept.share)
  }

  #grow(bytes: number, share: Share | undefined): void {
    this.bytes += bytes
    if (!share) return
    this.unproven += bytes
    share.bytes += bytes
    this.#tidy(share)
  }

  #shareOf(network: string): Share {
    const share = this.#shares.get(network) ?? { network, bytes: 0, raws: new Map() }
    this.#shares.set(network, share)
    return share
  }

  /** Forgets a network without files: senders can invent any number of networks. */
  #tidy({ network, bytes, raws }: Share): void {
    if (bytes === 0 && raws.size === 0) this.#shares.delete(network)
  }
}
