/** What a submitter can say of a resolution by a link of its letter, and what stands for it in the address of the link. */
export const CHOICES = { works: 'y', not_yet: 'p' } as const
export type Choice = keyof typeof CHOICES

/** The choice with this code in an address; undefined if there is none. */
export function choiceWithCode(code: string): Choice | undefined {
  return (Object.keys(CHOICES) as Choice[]).find(choice => CHOICES[choice] === code)
}
