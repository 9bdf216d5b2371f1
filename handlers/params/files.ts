import { Failure } from '../../data/failure.ts'
import type { Attachment } from '../../data/tables.ts'
import type { Kind } from '../method.ts'
import type { TypedValue } from '../value.ts'
import { kind } from './kind.ts'

/** Files that a door received with the parameters. A text value is refused. */
export function attachments(about: string): Kind<readonly Attachment[]> {
  return kind({
    about,
    rule: 'one or more files',
    schema: { type: 'array', items: { type: 'string', format: 'binary' } },
    fromDoor: true,
    parse: () => {
      throw noFiles()
    },
    accept: value => {
      if (isList(value)) return value
      throw noFiles()
    },
  })
}

function isList(value: TypedValue): value is readonly Attachment[] {
  return Array.isArray(value)
}

function noFiles(): Failure {
  return new Failure('invalid', 'this is not a file; attach files to a mail or a POST.')
}
