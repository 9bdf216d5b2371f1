import { socketIn } from '../../data/disk.ts'

/** The path of the socket in a state directory. Throws Failure `invalid` if it is too long for a unix socket. */
export function socketPath(directory: string): string {
  return socketIn(directory, 'helpdeskd.sock')
}
