/** A mail with exactly these header lines. */
export function mailOf(...lines: string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\nText.\r\n`, 'latin1')
}
