/** A mail whose header has these lines, byte for byte. */
export function mailOf(...lines: string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\nText.\r\n`, 'latin1')
}
