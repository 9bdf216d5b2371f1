import type { Config } from '../config/config.ts'
import type { Events } from '../log/events.ts'
import { connect, isReached } from '../shell/client.ts'
import type { Done } from '../shell/run.ts'
import { STATUS_ERRAND } from '../status/errand.ts'
import { stoppedScreen } from '../status/screen.ts'
import { stateFiles } from '../status/state_files.ts'

/** The status of the running daemon; if none runs, what its files tell. Throws Failure `not_found` if there is no state directory. */
export async function statusCommand({ state_dir: directory }: Config, events: Events): Promise<Done> {
  const store = await stateFiles(directory)
  if (!(await isReached(directory)))
    return { exit: 0, says: stoppedScreen(store, new Date().toISOString()), gives: { store } }
  const client = await connect(directory, events)
  try {
    return await client.run({ method: STATUS_ERRAND, params: {} })
  } finally {
    await client.close()
  }
}
