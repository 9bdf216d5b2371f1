/**
 * Gathers texts and passes them on in one piece when the current work ends, or the process exits: one sync makes many calls durable, and a
 * write for each of them would cost as much as the calls.
 */
export function gathering(sink: (text: string) => void): (text: string) => void {
  let gathered = ''
  const handOn = () => {
    const text = gathered
    gathered = ''
    if (text !== '') sink(text)
  }
  process.on('exit', handOn)
  return text => {
    // Called from a promise, this runs after all promises that can continue now, and before the next turn of the event loop.
    if (gathered === '') process.nextTick(handOn)
    gathered += text
  }
}

/** Gathers texts for standard error. */
export function standardError(): (text: string) => void {
  return gathering(text => {
    process.stderr.write(text)
  })
}
