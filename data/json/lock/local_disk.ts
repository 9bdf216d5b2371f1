import { statfs } from 'node:fs/promises'
import { Failure } from '../../failure.ts'

/**
 * File systems that several machines may use at once, by the type that statfs(2) gives. A Unix socket works only on its own machine, so
 * it does not lock out the others.
 */
const shared: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x564c, 'NCP'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x20030528, 'OrangeFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x786f4256, 'a shared folder of VirtualBox'],
  [0xbacbacbc, 'a shared folder of VMware'],
])

/** Throws Failure `invalid` for a directory on a shared file system, where the lock would hold on one machine only. */
export async function refuseShared(directory: string): Promise<void> {
  const { type } = await statfs(directory)
  // On some platforms it is signed.
  const name = shared.get(type >>> 0)
  if (name === undefined) return
  throw new Failure(
    'invalid',
    `${directory} is on ${name}, where a second machine could open it at the same time without being noticed; choose a state_dir on a local disk.`,
  )
}
