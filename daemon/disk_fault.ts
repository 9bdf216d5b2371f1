/** What the system says of a disk that fails, and of a file system that is not as it was written: Node has no names for the latter. */
const faults: ReadonlyMap<string, string> = new Map([
  ['EIO', 'EIO'],
  ['Unknown system error -74', 'EBADMSG'],
  ['Unknown system error -117', 'EUCLEAN'],
])

/** A file that the disk does not give back, or does not take. Its message is a sentence for whoever runs the machine. */
export class DiskFault extends Error {}

/** The fault of the disk that an error of the operating system tells of; undefined for any other, and where no file is named. */
export function diskFault(error: unknown): DiskFault | undefined {
  const { code = '', syscall, path } = error as NodeJS.ErrnoException
  const name = faults.get(code)
  if (name === undefined || path === undefined) return undefined
  return new DiskFault(`${path}: the disk fails (${syscall}: ${name}); check the disk, then try again.`, {
    cause: error,
  })
}
