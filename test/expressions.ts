import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'

/** Named here too: what `program.ts` imports has made its expressions before anybody looks. */
const ROOT = new URL('../..', import.meta.url).pathname
const FOLDERS = ['daemon', 'data', 'handlers']
/** The first line of a stack outside the tests: a file of the source, and the place in it; with or without source maps. */
const CALLER = /^(?!.*\/(?:test|node_modules)\/).*\/((?:daemon|data|handlers)\/[\w/]+)\.[jt]s:(\d+:\d+)\)?$/m

/** The regular expressions of the source. */
export interface Expressions {
  /** Those that stand there, each once, as `String` writes them. */
  readonly literals: ReadonlySet<string>
  /** How many places make one of text, by file. */
  readonly made: ReadonlyMap<string, number>
}

/** Reads the source for them, as the compiler does. */
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
  return names.filter(name => name.endsWith('.ts')).map(name => `${folder}/${name}`)
}

function literalOf(text: string): RegExp {
  const end = text.lastIndexOf('/')
  return new RegExp(text.slice(1, end), text.slice(end + 1))
}

/** An expression that a file of the source made of text, and at which place in it. */
export interface Made {
  readonly file: string
  readonly place: string
  readonly expression: RegExp
}

/** What is made while something is done. What is imported meanwhile must not have been before. */
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
