/** Handles SIGHUP from the start of the process. A signal that arrives before the daemon can reload is kept until it can. */
export class ReloadSignal {
  #isPending = false
  #reload = () => {
    this.#isPending = true
  }
  readonly #listener = () => this.#reload()

  constructor() {
    process.on('SIGHUP', this.#listener)
  }

  /** Calls `reload` at each signal from now on, and at once if a signal has arrived already. */
  handle(reload: () => void): void {
    this.#reload = reload
    if (this.#isPending) reload()
  }

  /** Lets SIGHUP end the process again, as when the terminal of a command is closed. */
  release(): void {
    process.off('SIGHUP', this.#listener)
    if (this.#isPending) process.kill(process.pid, 'SIGHUP')
  }
}
