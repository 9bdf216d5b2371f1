import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import ts from 'typescript'
import type { openStore } from '../../data/json/open.ts'
import { ROOT } from '../program.ts'

/** Files without faults: if `turn.ts` failed, nothing could pass on the turn; a lock that fails half-way ends with its process. */
const LEFT_ALONE = ['turn.js', 'lock.js', 'claim.js', 'rival.js', 'local_disk.js']
const HOOK = 'helpdeskdStatement'

/** The embedded store with a hook before each statement of its code. */
export interface FaultyStore {
  readonly openStore: typeof openStore
  /** From now on calls `hook` with the place of each statement, before it runs; undefined stops this. */
  onStatement(hook: ((place: string) => void) | undefined): void
}

/** Compiles a copy of the embedded store with a call before each statement of `data/json/` and `data/disk.ts`; removes it after the test. */
export async function faultyStore(t: Test): Promise<FaultyStore> {
  const hook = globalThis as unknown as Record<string, ((place: string) => void) | undefined>
  // Below dist/, so that node_modules is found.
  const copy = mkdtempSync(join(ROOT, 'dist', 'faulty-'))
  t.teardown(() => {
    hook[HOOK] = undefined
    rmSync(copy, { recursive: true })
  })
  cpSync(join(ROOT, 'dist/data'), copy, { recursive: true })
  instrument(join(copy, 'disk.js'))
  mkdirSync(join(copy, 'json'), { recursive: true })
  for (const name of readdirSync(join(copy, 'json'))) {
    if (name.endsWith('.js') && !LEFT_ALONE.includes(name)) instrument(join(copy, 'json', name))
  }
  const { openStore: open } = (await import(join(copy, 'json/open.js'))) as { openStore: typeof openStore }
  return {
    openStore: open,
    onStatement: given => {
      hook[HOOK] = given
    },
  }
}

function instrument(path: string): void {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2023, true)
  const { transformed } = ts.transform(source, [context => file => withHooks(context, file)])
  writeFileSync(path, ts.createPrinter().printFile(transformed[0]!))
}

/** Puts a call before each statement in each block, to throw an error in its place. Code that runs at import is not changed. */
function withHooks(context: ts.TransformationContext, file: ts.SourceFile): ts.SourceFile {
  const { factory } = context
  const place = (node: ts.Node) => {
    const name = file.fileName.split('/').at(-1)!
    return `${name}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}`
  }
  const hookBefore = (node: ts.Node) => {
    const hook = factory.createPropertyAccessExpression(factory.createIdentifier('globalThis'), HOOK)
    return factory.createExpressionStatement(
      factory.createCallChain(hook, factory.createToken(ts.SyntaxKind.QuestionDotToken), undefined, [
        factory.createStringLiteral(place(node)),
      ]),
    )
  }
  const visit = (node: ts.Node): ts.Node => {
    const visited = ts.visitEachChild(node, visit, context)
    if (!ts.isBlock(node)) return visited
    const inner = (visited as ts.Block).statements
    const hooked = inner.flatMap((statement, at) => {
      const left = ts.isTryStatement(statement) || (at === 0 && isRecovery(node))
      return left ? [statement] : [hookBefore(node.statements[at]!), statement]
    })
    return factory.createBlock(hooked, true)
  }
  return ts.visitNode(file, visit) as ts.SourceFile
}

/** No error is thrown before a try, nor before the first statement of a catch or finally block, which begins the recovery. */
function isRecovery({ parent, ...block }: ts.Block): boolean {
  const call =
    ts.isArrowFunction(parent) && ts.isCallExpression(parent.parent) ? parent.parent.expression : undefined
  if (call && ts.isPropertyAccessExpression(call) && call.name.text === 'finally') return true
  return ts.isCatchClause(parent) || (ts.isTryStatement(parent) && parent.finallyBlock?.pos === block.pos)
}
