/** The error codes of a failing disk and of a corrupted file system; Node has no names for the latter. */
const faults: ReadonlyMap<string, string> = new Map([
  ['EIO', 'EIO'],
  ['Unknown system error -74', 'EBADMSG'],
  ['Unknown system error -117', 'EUCLEAN'],
])

/** The disk fails to read or to write a file. The message is a sentence for the administrator of the machine. */
export class DiskFault extends Error {}

/** The DiskFault for an error of the operating system; undefined for any other error, and if it names no file. */
export function diskFault(error: unknown): DiskFault | undefined {
  const { code = '', syscall, path } = error as NodeJS.ErrnoException
  const name = faults.get(code)
  if (name === undefined || path === undefined) return undefined
  return new DiskFault(`${path}: the disk fails (${syscall}: ${name}); check the disk, then try again.`, {
    cause: error,
  })
}
