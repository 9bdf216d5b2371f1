import type { IncomingMessage } from 'node:http'
import { Failure, shown } from '../../data/failure.ts'
import type { Store } from '../../data/store.ts'
import type { User } from '../../data/tables.ts'
import { call } from '../../handlers/call.ts'
import { methods } from '../../handlers/index.ts'
import type { Method } from '../../handlers/method.ts'
import { events, logThrown } from '../events.ts'
import { login } from '../login.ts'
import type { Reply } from './answer.ts'
import { type Form, readForm } from './body.ts'

/** Of the names of parameters that we do not know, told back in a header. */
const LONGEST_IGNORED = 1000

export type PostRequest = IncomingMessage & { params: { method: string } }

/** One call: the verb, the login, the method, its parameters, in this order. */
export async function post(store: Store, request: PostRequest): Promise<Reply> {
  if (request.method !== 'POST') {
    return {
      status: 405,
      body: `${request.method} is not possible here; use POST.`,
      headers: { Allow: 'POST' },
    }
  }
  const started = performance.now()
  const peer = request.socket.remoteAddress ?? ''
  const name = request.params.method
  try {
    const form = await readForm(request)
    const user = await userOf(store, form, methods.get(name), peer)
    const method = methods.get(name)
    if (!method)
      throw new Failure('not_found', `There is no method ${shown(name)}; POST to /api/help/ for a list.`)
    const { params, ignored } = known(method, form)
    const now = new Date().toISOString()
    const actor = { kind: 'user', user: user.id } as const
    const [done] = await call(store, [{ method: name, params }], { actor, door: 'http', now })
    events.called('http', name, user.username, Math.round(performance.now() - started), ignored)
    return { status: 200, body: done!.gives, headers: ignoredHeader(ignored) }
  } catch (error) {
    if (!request.errored) logThrown('http', methods.has(name) ? name : '(unknown)', error, peer)
    throw error
  }
}

/** The login's names in a body. `username` serves too, as the spec's sample has it, in methods without one of their own. */
function loginOf(
  { params }: Form,
  method: Method | undefined,
): { user: string; key: string; password: string } {
  const key = params.user === undefined && !method?.params.username ? 'username' : 'user'
  return { user: params[key] ?? '', key, password: params.password ?? '' }
}

async function userOf(store: Store, form: Form, method: Method | undefined, peer: string): Promise<User> {
  const { user, key, password } = loginOf(form, method)
  refuseRepeats(form, [key, 'password'])
  return login(store, user, password, 'http', peer)
}

function refuseRepeats({ repeated }: Form, keys?: readonly string[]): void {
  const twice = repeated.find(key => keys?.includes(key) ?? true)
  if (twice !== undefined)
    throw new Failure('invalid', `${shown(twice)} is given more than once; give it once.`)
}

/** The parameters that the method has, and the names of the others. */
function known(method: Method, form: Form): { params: Record<string, string>; ignored: string[] } {
  refuseRepeats(form)
  const { key } = loginOf(form, method)
  const given = Object.entries(form.params).filter(([name]) => name !== key && name !== 'password')
  const has = ([name]: [string, string]) => Object.hasOwn(method.params, name)
  return {
    params: Object.fromEntries(given.filter(has)),
    ignored: given.filter(pair => !has(pair)).map(([name]) => name),
  }
}

function ignoredHeader(ignored: readonly string[]): Record<string, string> {
  if (ignored.length === 0) return {}
  return { 'X-Ignored-Parameters': ignored.map(encodeURIComponent).join(', ').slice(0, LONGEST_IGNORED) }
}
