import fc from 'fast-check'

/** Words of several languages, and some of openers, labels and signatures; not a name with its address, which programs write. */
const WORDS =
  'the printer does not print On Monday wrote: schrieb Drucker bitte merci écrit: 印刷 打印机 From: To: Date: sent from my -- --- below? 10:00 2026 26.11.2026 susan@example.org Subject: a/b: x, . ! 😀'.split(
    ' ',
  )
/** Lines that look like history or signatures, and are words. */
const HAZARDS = [
  'On Monday he wrote:',
  'From: what I can see, it works.',
  'Date: tomorrow at 10:00',
  'Sent from my office, where the printer stands',
  '-- or so I think',
  '---',
  'To: whom it may concern',
  'Get Outlook running again, please.',
  'You wrote on 26 November:',
  'PS: thank you',
]

const anyLine = fc
  .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 9 })
  .map(words => `Well, ${words.join(' ')}`)

/** A line of words: never blank, quoted or a signature, nor one that programs write, with colon and date or address. */
export const lineOfWords: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: anyLine.map(line => (/[\d@].*:$/.test(line) ? `${line} yes` : line)) },
  { weight: 1, arbitrary: fc.constantFrom(...HAZARDS) },
)

interface Program {
  readonly opener: string
  readonly mark: string
  readonly signature: string
}

const QUOTING: readonly Program[] = [
  {
    opener: 'On Thu, 26 Nov 2026 at 10:00, Tom <\nt@helpdesk.example> wrote:\n\n',
    mark: '> ',
    signature: '-- \nMaria',
  },
  {
    opener: 'Am 26.11.26 um 10:00 schrieb Tom Baker:\n',
    mark: '> ',
    signature: 'Von meinem iPhone gesendet',
  },
  {
    opener: '> Le 26 nov. 2026 à 10:00, Tom <t@helpdesk.example> a écrit :\n> \n',
    mark: '> ',
    signature: 'Envoyé de mon iPhone',
  },
  {
    opener: '在 2026-11-26 10:00:00，"Tom" <t@helpdesk.example> 写道：\n\n',
    mark: '>',
    signature: '发自我的iPhone',
  },
  { opener: 'Tom <t@helpdesk.example> writes:\n\n', mark: '> ', signature: '--\nMaria' },
  {
    opener:
      '------- Original Message -------\nOn Thursday, November 26th, 2026 at 10:00, Tom <t@helpdesk.example> wrote:\n\n',
    mark: '> ',
    signature: 'Sent with Proton Mail secure email.',
  },
]
const PLAIN: readonly Program[] = [
  {
    opener:
      '________________________________\nFrom: Tom <t@helpdesk.example>\nSent: Thursday, November 26, 2026 10:00 AM\nTo: Maria\nSubject: Printer\n\n',
    mark: '',
    signature: 'Get Outlook for iOS<https://aka.ms/o0ukef>',
  },
  {
    opener:
      '\n-----Ursprüngliche Nachricht-----\nVon: Tom\nGesendet: 26. November 2026 10:00\nAn: Maria\nBetreff: Drucker\n\n',
    mark: '',
    signature: '-- \nMaria',
  },
  {
    opener: '---- On Thu, 26 Nov 2026 10:00:00 +0100 Tom <t@helpdesk.example> wrote ----\n\n',
    mark: '',
    signature: '-- \nMaria',
  },
  {
    opener: 'Fra: Tom <t@helpdesk.example>\nSendt: 26. november 2026 10:00\nTil: Maria\nEmne: Printer\n\n',
    mark: '',
    signature: 'Sendt fra min iPhone',
  },
]

const words = fc.array(lineOfWords, { minLength: 1, maxLength: 12 })
const letter = fc.array(fc.constantFrom('Hello Maria,', '', 'which printer is it?', 'Tom'), {
  minLength: 1,
  maxLength: 30,
})
const signed = fc.constantFrom('above', 'below', 'nowhere')

/** An answer, and the lines of new words in it. */
export interface GeneratedAnswer {
  readonly text: string
  readonly words: readonly string[]
}

/** The words stand above the history. */
const topAnswer = fc
  .tuple(fc.constantFrom(...QUOTING, ...PLAIN), words, letter, signed)
  .map(([program, words, letter, signed]) => ({
    words,
    text: [
      words.join('\n'),
      ...(signed === 'above' ? [program.signature] : []),
      `${program.opener}${quoted(program, letter)}`,
      ...(signed === 'below' && program.mark !== '' ? [program.signature] : []),
    ].join('\n\n'),
  }))

/** The words stand below the history, or between parts of it. */
const inlineAnswer = fc
  .tuple(
    fc.constantFrom(...QUOTING),
    fc.array(fc.tuple(letter, words), { minLength: 1, maxLength: 4 }),
    letter,
    signed,
    fc.boolean(),
  )
  .map(([program, parts, rest, signed, isTight]) => {
    const gap = isTight ? '\n' : '\n\n'
    const body = parts
      .map(([letter, words]) => `${quoted(program, letter)}${gap}${words.join('\n')}`)
      .join(gap)
    const end =
      signed === 'above' ? `\n\n${program.signature}` : signed === 'below' ? `\n${quoted(program, rest)}` : ''
    return { words: parts.flatMap(([, words]) => words), text: `${program.opener}${body}${end}\n` }
  })

export const generatedAnswer: fc.Arbitrary<GeneratedAnswer> = fc.oneof(topAnswer, inlineAnswer)

function quoted({ mark }: Program, letter: readonly string[]): string {
  return letter.map(line => (mark === '' ? line : `${mark}${line}`.trimEnd())).join('\n')
}
