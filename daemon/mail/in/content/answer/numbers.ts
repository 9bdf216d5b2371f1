const ZERO = 48
const NINE = 57

/** How many numbers a text has: `26.11.26 um 10:00` has five. */
export function numbersIn(text: string): number {
  let count = 0
  let wasDigit = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const isDigit = code >= ZERO && code <= NINE
    if (isDigit && !wasDigit) count++
    wasDigit = isDigit
  }
  return count
}
