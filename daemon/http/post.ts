import type { IncomingMessage } from 'node:http'
import { Failure, shown } from '../../data/failure.ts'
import type { Store } from '../../data/store.ts'
import type { User } from '../../data/tables.ts'
import { call } from '../../handlers/call.ts'
import { methods } from '../../handlers/index.ts'
import { type Method, namedParams } from '../../handlers/method.ts'
import { events, logThrown } from '../events.ts'
import { login } from '../login.ts'
import type { Reply } from './answer.ts'
import { withForm } from './body.ts'
import type { Form } from './form.ts'

/** Of the names of parameters that we do not know, so many characters each and so many in all are told back. */
const LONGEST_NAME = 40
const LONGEST_NAMES = 1000

export type PostRequest = IncomingMessage & { params: { method: string } }

/** One call: the verb, the login, the method, its parameters, in this order. `peer` is the address of whoever asks. */
export async function post(store: Store, request: PostRequest, peer: string): Promise<Reply> {
  if (request.method !== 'POST') {
    return {
      status: 405,
      body: `${request.method} is not possible here; use POST.`,
      headers: { Allow: 'POST' },
    }
  }
  const { method: name } = request.params
  try {
    return await withForm(request, form => answerTo(store, name, form, peer))
  } catch (error) {
    logThrown('http', methods.has(name) ? name : '(unknown)', error, peer)
    throw error
  }
}

async function answerTo(store: Store, name: string, form: Form, peer: string): Promise<Reply> {
  const started = performance.now()
  const method = methods.get(name)
  const user = await userOf(store, form, method, peer)
  if (!method)
    throw new Failure('not_found', `There is no method ${shown(name)}; POST to /api/help/ for a list.`)
  const { params, ignored } = known(method, form)
  const now = new Date().toISOString()
  const actor = { kind: 'user', user: user.id } as const
  const [done] = await call(store, [{ method: name, params }], { actor, door: 'http', now })
  events.called('http', name, user.username, Math.round(performance.now() - started), ignored)
  return { status: 200, body: done!.gives, headers: ignoredHeader(ignored) }
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

/** The parameters that the method has, and the names of the others, as they can be told. */
function known(method: Method, form: Form): { params: Record<string, string>; ignored: readonly string[] } {
  refuseRepeats(form)
  const { key } = loginOf(form, method)
  const given = Object.entries(form.params).filter(([name]) => name !== key && name !== 'password')
  const names = new Set(namedParams(method).map(([name]) => name))
  const has = ([name]: [string, string]) => names.has(name)
  return {
    params: Object.fromEntries(given.filter(has)),
    ignored: told(given.filter(pair => !has(pair)).map(([name]) => name)),
  }
}

/** Names in the characters of a header: each cut, the list cut, and percent-encoded. */
function told(names: readonly string[]): readonly string[] {
  const list: string[] = []
  let size = 0
  for (const name of names) {
    const cut = [...name.slice(0, LONGEST_NAME * 2)].slice(0, LONGEST_NAME).join('')
    const encoded = encodeURIComponent(cut) + (cut.length < name.length ? '...' : '')
    size += encoded.length
    if (size > LONGEST_NAMES) return [...list, '...']
    list.push(encoded)
  }
  return list
}

function ignoredHeader(ignored: readonly string[]): Record<string, string> {
  return ignored.length === 0 ? {} : { 'X-Ignored-Parameters': ignored.join(', ') }
}
