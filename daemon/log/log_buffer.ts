/**
 * Gathers texts, and hands them on in one piece when the work under way has come to its end, or the process to its: a write for
 * each of the calls that one sync made durable costs as much as the calls.
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
    // Where promises go on, this runs behind all that can go on now, and before the loop looks at anything else.
    if (gathered === '') process.nextTick(handOn)
    gathered += text
  }
}

/** Writes to standard error, gathered. */
export function standardError(): (text: string) => void {
  return gathering(text => {
    process.stderr.write(text)
  })
}
