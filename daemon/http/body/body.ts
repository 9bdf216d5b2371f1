import type { IncomingMessage } from 'node:http'
import { Failure, shown } from '../../../data/failure.ts'
import type { Sender } from './body_place.ts'
import { parseForm } from './form.ts'
import { parseJson } from './json.ts'
import { parseMultipart } from './multipart.ts'
import type { Body } from './parameters.ts'
import type { Bodies } from './read_body.ts'

type Parse = (bytes: Buffer, contentType: string) => Body | Promise<Body>
const parsers: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ['application/x-www-form-urlencoded', parseForm],
  ['multipart/form-data', parseMultipart],
  ['application/json', parseJson],
])

/**
 * Reads a body and does the work with it, which holds its place among the large ones. Without a Content-Type it is a form. Throws Failure
 * `unsupported` for another type, `invalid` where it is not what its type says, and what `read` of the bodies throws.
 */
export async function withBody<R>(
  bodies: Bodies,
  request: IncomingMessage,
  sender: Sender,
  work: (body: Body) => Promise<R>,
): Promise<R> {
  refuseCodings(request)
  const contentType = request.headers['content-type'] || 'application/x-www-form-urlencoded'
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  const parse = parsers.get(type)
  if (!parse)
    throw new Failure(
      'unsupported',
      `The body is of type ${shown(type)}; send ${[...parsers.keys()].join(' or ')}.`,
    )
  return bodies.read(request, sender, async bytes => work(await parse(bytes, contentType)))
}

/** A body is taken as it is, in one piece or in chunks. Throws Failure `unsupported`. */
function refuseCodings({ headers }: IncomingMessage): void {
  const coded =
    codingIn(headers['content-encoding'], 'identity') ?? codingIn(headers['transfer-encoding'], 'chunked')
  if (coded !== undefined)
    throw new Failure('unsupported', `The body is encoded as ${shown(coded)}; send it unencoded.`)
}

function codingIn(header: string | undefined, known: string): string | undefined {
  return header === undefined || ['', known].includes(header.trim().toLowerCase()) ? undefined : header
}
