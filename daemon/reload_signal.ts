/** SIGHUP from the first moment of the process; one that comes before the daemon can reload is kept until it can. */
export class ReloadSignal {
  #isPending = false
  #reload = () => {
    this.#isPending = true
  }
  readonly #listener = () => this.#reload()

  constructor() {
    process.on('SIGHUP', this.#listener)
  }

  /** Calls `reload` at each signal from now on, and at once if there was one already. */
  handle(reload: () => void): void {
    this.#reload = reload
    if (this.#isPending) reload()
  }

  /** Lets the signal end the process again, as it does a command whose terminal is closed. */
  release(): void {
    process.off('SIGHUP', this.#listener)
    if (this.#isPending) process.kill(process.pid, 'SIGHUP')
  }
}
