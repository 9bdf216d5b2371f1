import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'

/** Not imported from `program.ts`, whose imports would create their expressions before `madeDuring`. */
const ROOT = new URL('../..', import.meta.url).pathname
const FOLDERS = ['daemon', 'data', 'handlers']
/** The manual pages are made when the program is built, from its own source; nothing from outside gets there. */
const AT_BUILD = 'daemon/man/'
/** The first line of a stack outside the tests: a file of the source, and the place in it; with or without source maps. */
const CALLER = /^(?!.*\/(?:test|node_modules)\/).*\/((?:daemon|data|handlers)\/[\w/]+)\.[jt]s:(\d+:\d+)\)?$/m

/** The regular expressions of the source. */
export interface Expressions {
  /** The literals, each once, as `String` writes them. */
  readonly literals: ReadonlySet<string>
  /** The number of places in each file that make an expression from text. */
  readonly made: ReadonlyMap<string, number>
}

/** Finds them in the source with the TypeScript parser. */
export function expressionsInSource(): Expressions {
  const literals = new Set<string>()
  const made = new Map<string, number>()
  for (const file of FOLDERS.flatMap(filesIn)) {
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) literals.add(String(literalOf(node.text)))
      if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp')
        made.set(file, (made.get(file) ?? 0) + 1)
      ts.forEachChild(node, visit)
    }
    visit(ts.createSourceFile(file, readFileSync(`${ROOT}${file}`, 'utf8'), ts.ScriptTarget.Latest, true))
  }
  return { literals, made }
}

function filesIn(folder: string): string[] {
  const names = readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
  const files = names.filter(name => name.endsWith('.ts')).map(name => `${folder}/${name}`)
  return files.filter(file => !file.startsWith(AT_BUILD))
}

function literalOf(text: string): RegExp {
  const end = text.lastIndexOf('/')
  return new RegExp(text.slice(1, end), text.slice(end + 1))
}

/** An expression that was made from text, with its file and its place in the file. */
export interface Made {
  readonly file: string
  readonly place: string
  readonly expression: RegExp
}

/** The expressions made while `work` runs. Modules that it imports must not have been imported before. */
export async function madeDuring(work: () => Promise<void>): Promise<Made[]> {
  const made: Made[] = []
  const real = globalThis.RegExp
  const note = (expression: RegExp) => {
    const [, file, place] = CALLER.exec(new Error('made').stack!) ?? []
    if (file && place) made.push({ file: `${file}.ts`, place, expression })
    return expression
  }
  globalThis.RegExp = new Proxy(real, {
    construct: (target, args) => note(Reflect.construct(target, args)),
    apply: (target, self, args) => note(Reflect.apply(target, self, args)),
  })
  try {
    await work()
  } finally {
    globalThis.RegExp = real
  }
  return made
}
