// One thing: one POST, in the order of its checks.
import type { IncomingMessage } from 'node:http'
import { Failure, shown } from '../../data/failure.ts'
import type { Passwords } from '../../data/password/password.ts'
import { blanked } from '../../data/secret_words.ts'
import type { Store } from '../../data/store.ts'
import type { Attachment } from '../../data/tables.ts'
import { admitted, type Caller } from '../../handlers/actor.ts'
import { call } from '../../handlers/call.ts'
import { methods } from '../../handlers/index.ts'
import { jsonResult } from '../../handlers/json_result.ts'
import type { LetterCaps } from '../../handlers/letters/letter_caps.ts'
import type { Method } from '../../handlers/method.ts'
import { mayBeLong } from '../../handlers/params/kept_text.ts'
import { soleResult } from '../../handlers/rehearse.ts'
import type { KnownAddresses } from '../auth/known_addresses.ts'
import type { LoggedIn, LoginCheck } from '../auth/login.ts'
import type { Config } from '../config/config.ts'
import { hoursIn } from '../config/hours.ts'
import type { Room } from '../disk_space.ts'
import { keepUpload } from '../files/attachment.ts'
import type { Shares } from '../files/shares.ts'
import type { Events } from '../log/events.ts'
import { jsonReply, type Reply, withHeaders } from './answer.ts'
import { withBody } from './body/body.ts'
import { type Bodies, isLarge } from './body/read_body.ts'
import { credentialsOf, loginKeys } from './credentials.ts'
import { onceOf } from './idempotency.ts'
import { isStrict } from './preferences.ts'
import { refusal } from './refusal.ts'
import type { Asked } from './request_id.ts'
import { notHad, paramHeaders, refuseRepeats, type Sifted, sift } from './select_params.ts'
import { withStringIds } from './string_ids.ts'
import { earlyLogin, senderOf } from './token_preauth.ts'
import { wantsJson } from './wants_json.ts'

export type PostRequest = IncomingMessage & { params: { method: string } }

/** What a call at the HTTP door works with. */
export interface PostSite {
  readonly store: Store
  readonly shares: Shares
  readonly login: LoginCheck
  readonly config: Config
  readonly room: Room
  readonly letters: LetterCaps
  /** The addresses from which somebody has logged in. */
  readonly knownAddresses: KnownAddresses
  readonly bodies: Bodies
  /** Hashes new passwords. */
  readonly passwords: Passwords
  readonly events: Events
}

/** One call. Checks the verb, the login, the method and its parameters, in this order. */
export async function post(site: PostSite, request: PostRequest, asked: Asked): Promise<Reply> {
  const { peer } = asked
  if (request.method !== 'POST') return notPost(site.events, request, asked)
  const { method: name } = request.params
  const strict = isStrict(request)
  let ignored: readonly string[] | undefined
  let secret: string | undefined
  try {
    const early = isLarge(request) ? await earlyLogin(site.login, request, peer) : undefined
    return await withBody(site.bodies, request, senderOf(early, peer, site.knownAddresses), async body => {
      const started = performance.now()
      const method = methods.get(name)
      const keys = loginKeys(body, method)
      refuseRepeats(body, [keys.user, keys.password])
      // A login in the body takes precedence; without one, the result of the early check is used.
      const login = body.params[keys.user] || body.params[keys.password] ? undefined : early
      if (login instanceof Failure) throw login
      const credentials = credentialsOf(request, body, keys)
      const caller = login ?? (await site.login(credentials, 'http', peer))
      secret = credentials.password
      if (!method)
        throw new Failure('not_found', `There is no method ${shown(name)}; POST to /api/help/ for a list.`)
      const sifted = sift(method, body, keys, secret)
      if (sifted.ignored.length > 0) ignored = sifted.ignored
      if (ignored && strict) throw notHad(method, ignored)
      const answerWith = (store: Store) => answerTo(site, store, request, caller, method, sifted)
      const reply = await (mayKeepFiles(sifted)
        ? site.shares.holding(undefined, ({ store }) => answerWith(store))
        : answerWith(site.store))
      const more = { peer, token: caller.token, ignored, request: asked.request }
      site.events.called('http', name, caller.user.username, performance.now() - started, more)
      return ignored || strict ? withHeaders(reply, paramHeaders(ignored, strict)) : reply
    })
  } catch (thrown) {
    const error = withoutLogin(thrown, secret)
    site.events.thrown('http', methods.has(name) ? name : '(unknown)', error, { ...asked, ignored })
    return withHeaders(refusal(error, request, asked), paramHeaders(ignored, strict))
  }
}

/** Whether the call stores a file: an attachment, or a text that is too long for a record. */
function mayKeepFiles({ params, uploads }: Sifted): boolean {
  return uploads.length > 0 || Object.values(params).some(mayBeLong)
}

/** The refusal without the password or token of the request, which may be in the path or in a value that the sentence shows. */
function withoutLogin(error: unknown, secret: string | undefined): unknown {
  if (!(error instanceof Failure)) return error
  const { code, message, retryAfter, parameter } = error
  const told = blanked(message, secret)
  const isNamed = parameter !== undefined && blanked(parameter, secret) === parameter
  if (told === message && (isNamed || parameter === undefined)) return error
  return new Failure(code, told, { retryAfter, parameter: isNamed ? parameter : undefined })
}

function notPost(events: Events, request: PostRequest, asked: Asked): Reply {
  const failure = new Failure('invalid', `${request.method} is not allowed here; use POST.`)
  events.refused('http', '(unknown)', failure, { ...asked, status: 405 })
  return withHeaders(refusal(failure, request, asked, 405), { Allow: 'POST' })
}

/** Carries out the call of a user who has logged in. */
async function answerTo(
  { config, room, letters, passwords }: PostSite,
  store: Store,
  request: PostRequest,
  { user, token }: LoggedIn,
  method: Method,
  { params, uploads }: Sifted,
): Promise<Reply> {
  const actor = { kind: 'user', user: user.id } as const
  const now = new Date().toISOString()
  const caller: Caller = { actor, token, door: 'http', now }
  const key = request.headers['idempotency-key'] as string | undefined
  // Checked before files are kept and the slow hash is computed, so that a caller without permission causes neither.
  if (uploads.length > 0 || key !== undefined) await store.read(tx => admitted(tx, caller, method))
  const attachments: Attachment[] = []
  for (const upload of uploads)
    attachments.push(await keepUpload(store.files, upload, config['limits.attachment']))
  const keepHours = config['http.keep_repeats_hours']
  const once = await onceOf(key, { user: user.id, method, params, attachments, keepHours })
  const given = attachments.length > 0 ? { ...params, attachments } : params
  const command = { method: method.name, params: given, ...(once ? { once } : {}) }
  const ticketBytes = config['limits.ticket_attachments']
  const [done] = await call(store, [command], {
    actor,
    token,
    door: 'http',
    now,
    room,
    letters,
    passwords,
    ticketBytes,
    hours: hoursIn(config),
  })
  if (done!.sends) return fileReply(store, done!.sends)
  if (wantsJson(request)) return jsonReply(jsonResult(method, done!))
  const gives = soleResult(method, params, done!)
  return { status: 200, body: method.stringIds ? withStringIds(gives) : gives }
}

async function fileReply(store: Store, file: Attachment): Promise<Reply> {
  const stream = await store.files.stream(file.file)
  if (stream) return { status: 200, body: { ...file, stream } }
  throw new Failure('not_found', `The file ${shown(file.filename)} no longer exists.`)
}
