import { styleText } from 'node:util'
import type { Done } from './run.ts'

/** Where output goes. Only a terminal has a width, and may show colours. */
export interface Output {
  readonly columns?: number
  hasColors?(): boolean
}

/** A result as text: on a terminal, a list is a table that fits it; otherwise it is the sentence, as at every door. */
export async function resultText({ says, gives }: Done, output: Output): Promise<string> {
  if (output.columns === undefined) return says
  const { tableOf } = await import('./table.ts')
  // A terminal that does not know its width has 0 columns.
  const table = tableOf(gives, output.columns || Number.POSITIVE_INFINITY)
  if (table === undefined || !hasColours(output)) return table ?? says
  return table.replace(/^.*/, head => styleText('bold', head, { validateStream: false }))
}

/** Whether the output is a terminal with colours that the environment does not turn off (NO_COLOR). */
export function hasColours({ columns, hasColors }: Output): boolean {
  return columns !== undefined && hasColors?.() === true
}
