import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Failure, shown } from '../../../data/failure.ts'
import type { Sender } from './body_place.ts'
import { parseForm } from './form.ts'
import { parseJson } from './json.ts'
import { parseMultipart } from './multipart.ts'
import type { Body } from './parameters.ts'
import type { Bodies } from './read_body.ts'

const JSON_TYPE = 'application/json'

type Parse = (bytes: Buffer, contentType: string) => Body | Promise<Body>
const parsers: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ['application/x-www-form-urlencoded', parseForm],
  ['multipart/form-data', parseMultipart],
  [JSON_TYPE, parseJson],
])

/**
 * Reads and parses a body, and runs `work` with it while the body keeps its place among the bodies. Without a Content-Type, it is a form.
 * Throws Failure `unsupported` for any other type, `invalid` if the body does not match its type, and what `Bodies.read` throws.
 */
export async function withBody<R>(
  bodies: Bodies,
  request: IncomingMessage,
  sender: Sender,
  work: (body: Body) => Promise<R>,
): Promise<R> {
  refuseCodings(request)
  const contentType = request.headers['content-type'] || 'application/x-www-form-urlencoded'
  const type = mediaTypeOf(contentType)
  const parse = parsers.get(type)
  if (!parse)
    throw new Failure(
      'unsupported',
      `The body is of type ${shown(type)}; send ${[...parsers.keys()].join(' or ')}.`,
    )
  return bodies.read(request, sender, async bytes => work(await parse(bytes, contentType)))
}

/** Whether the headers announce a JSON body. */
export function isJsonBody({ 'content-type': contentType }: IncomingHttpHeaders): boolean {
  return contentType !== undefined && mediaTypeOf(contentType) === JSON_TYPE
}

function mediaTypeOf(contentType: string): string {
  return contentType.split(';')[0]!.trim().toLowerCase()
}

/** Accepts a body without codings, in one piece or chunked. Throws Failure `unsupported` for any other. */
function refuseCodings({ headers }: IncomingMessage): void {
  const coded =
    codingIn(headers['content-encoding'], 'identity') ?? codingIn(headers['transfer-encoding'], 'chunked')
  if (coded !== undefined)
    throw new Failure('unsupported', `The body is encoded as ${shown(coded)}; send it unencoded.`)
}

function codingIn(header: string | undefined, known: string): string | undefined {
  return header === undefined || ['', known].includes(header.trim().toLowerCase()) ? undefined : header
}
