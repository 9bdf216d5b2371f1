import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../program.ts'

const execute = promisify(execFile)
/** Lower than any version. */
export const OLDER = '0.0.1'
/** What differs: the version, the watchdog of the unit, and a line of the configuration. */
const REPACK = `dpkg-deb --raw-extract "$1"/*.deb root
sed -i 's/^Version: .*/Version: ${OLDER}/' root/DEBIAN/control
sed -i 's/"version": "[^"]*"/"version": "${OLDER}"/' root/usr/lib/helpdeskd/package.json
sed -i 's/^WatchdogSec=.*/WatchdogSec=50s/' root/usr/lib/systemd/system/helpdeskd.service
echo '# A line of an older version.' >>root/etc/helpdeskd/helpdeskd.toml
dpkg-deb --root-owner-group --build root "$2"`

/** Builds the Debian package, and repacks it as one of an older version; gives the directory of each. */
export async function debsIn(directory: string): Promise<{ newer: string; older: string }> {
  const [newer, older] = [join(directory, 'newer'), join(directory, 'older')]
  for (const place of [newer, older]) mkdirSync(place)
  await execute('env', ['-u', 'NODE_OPTIONS', `${ROOT}systemd/debian/build`, newer], { cwd: ROOT })
  const repacked = join(older, `helpdeskd_${OLDER}_all.deb`)
  await execute('sh', ['-euc', REPACK, 'sh', newer, repacked], { cwd: directory })
  return { newer, older }
}
