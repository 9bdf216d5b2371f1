import type { ListenOptions, Server } from 'node:net'
import { events } from './events.ts'

/** Resolves when the server listens; throws what the system says when it cannot. Later troubles of the server are logged. */
export async function listening(server: Server, where: ListenOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      server.on('error', events.serverFailed)
      resolve()
    })
  })
}
