import { exitCodes } from '../codes.ts'
import { capital, section, sentences } from './mdoc.ts'

/** The section with the table of exit codes, for each page of the program. */
export function exitStatus(): string[] {
  return [
    section('Sh', 'EXIT STATUS'),
    ...sentences('The exit codes are those of sysexits.h:'),
    '.Pp',
    '.Bl -tag -width Ds -compact',
    ...[...exitCodes].flatMap(([code, about]) => [`.It ${code}`, ...sentences(`${capital(about)}.`)]),
    '.El',
  ]
}
