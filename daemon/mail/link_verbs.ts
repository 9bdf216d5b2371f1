import { parseCommand } from '../../handlers/command/command.ts'

/** Whoever has a link of a letter can choose no words for the submitter: these are the only ones. */
const RESOLUTION = 'It is done.'

/** The verbs that links in letters to staff may have: what stands for each in its address, and the subject of its mail. */
export const LINK_VERBS = {
  take: { code: 't', line: (ticket: number) => `take ${ticket}` },
  note: { code: 'n', line: (ticket: number) => `note ${ticket}` },
  hold: { code: 'h', line: (ticket: number) => `hold ${ticket} until tomorrow` },
  unhold: { code: 'u', line: (ticket: number) => `unhold ${ticket}` },
  resolve: { code: 'd', line: (ticket: number) => `resolve ${ticket}: ${RESOLUTION}` },
  reopen: { code: 'o', line: (ticket: number) => `reopen ${ticket}` },
} as const
export type LinkVerb = keyof typeof LINK_VERBS

/** The verb with this code in an address; undefined if there is none. */
export function verbWithCode(code: string): LinkVerb | undefined {
  return (Object.keys(LINK_VERBS) as LinkVerb[]).find(verb => LINK_VERBS[verb].code === code)
}

/** Whether a subject is the command of a link about its ticket, with no words of its own. Only the end of a hold may be another one. */
export function isLinkCommand(subject: string, verb: LinkVerb, ticket: number): boolean {
  const said = quietly(() => parseCommand(subject))
  const listed = parseCommand(LINK_VERBS[verb].line(ticket))!
  if (!said || said.method !== listed.method) return false
  return withoutEnd(said.command.params) === withoutEnd(listed.command.params)
}

/** The parameters but the end of a hold, in a form to compare. */
function withoutEnd({ until: _, ...params }: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(params).sort())
}

function quietly<R>(work: () => R): R | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
