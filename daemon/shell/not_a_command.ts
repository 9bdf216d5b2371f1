import { Failure } from '../../data/failure.ts'

/** The words are not a command. */
export class NotACommand extends Failure {}
