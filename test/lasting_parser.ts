import type { Test } from 'tap'
import { Events } from '../daemon/log/events.ts'
import { Log } from '../daemon/log/log.ts'
import { Parser } from '../daemon/mail/in/parser/parser.ts'

/** A parser that the end of a daemon leaves open. */
class LastingParser extends Parser {
  override close(): void {}

  end(): void {
    super.close()
  }
}

const byFile = new WeakMap<Test, Parser>()

/** One parser for all daemons of a test file, since each of its processes takes a fifth of a second to start. It ends with the file. */
export function lastingParser(t: Test): Parser {
  const file = fileOf(t)
  const found = byFile.get(file)
  if (found) return found
  const parser = new LastingParser(new Events(new Log(() => {})))
  file.teardown(() => parser.end())
  byFile.set(file, parser)
  return parser
}

/** The test that contains all others of its file. */
export function fileOf(t: Test): Test {
  return t.parent ? fileOf(t.parent as Test) : t
}
