import fc from 'fast-check'
import t from 'tap'
import { Failure } from '../../../data/failure.ts'
import { methods } from '../../../handlers/index.ts'
import type { Kind } from '../../../handlers/method.ts'
import { address, addresses } from '../../../handlers/params/addresses.ts'
import { attachments } from '../../../handlers/params/files.ts'
import { anything, flag } from '../../../handlers/params/flags.ts'
import type { KeptText } from '../../../handlers/params/kept_text.ts'
import { clearable, optional } from '../../../handlers/params/kind.ts'
import { slug, username } from '../../../handlers/params/names.ts'
import { date, whole } from '../../../handlers/params/numbers_and_dates.ts'
import { queue, ticket, user } from '../../../handlers/params/references.ts'
import { text as anyText, line } from '../../../handlers/params/texts.ts'
import type { ParamValue, TypedValue } from '../../../handlers/value.ts'
import { anyCharacter } from '../../any_character.ts'
import { runs } from '../../runs.ts'
import { desk } from '../fixture.ts'
import { accepted, BAD_WORDS, NEVER_A_NUMBER, parsed } from './parsed.ts'

t.test('optional and clearable parameters', async t => {
  const { call, all } = await desk(t)
  await call('change_queue', {
    queue: '1',
    escalate_days: '3',
    default_owner: 'fred',
    new_ticket_cc: 'a@x.org',
  })
  await call('change_queue', { queue: '1', title: '', locale: '' })
  t.match(await all('queues'), [{ title: 'Support', locale: 'en', escalate_days: 3, default_owner: 2 }])
  await call('change_queue', { queue: '1', escalate_days: '', default_owner: '', new_ticket_cc: '' })
  t.match(await all('queues'), [{ escalate_days: null, default_owner: null, new_ticket_cc: [] }])
})

const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
const words = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.stringMatching(/^[0-9a-z@.,\- \r\n\0\u202e"\\]{0,60}$/),
  fc.constantFrom(...NEVER_A_NUMBER, ...BAD_WORDS),
)

const typed: fc.Arbitrary<TypedValue> = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(0, 1, 2 ** 53, -1),
)

t.test('any text, number or boolean gives a value of the right type or a sentence', async () => {
  const one = line('x', 100)
  const lists = (value: unknown): value is string[] => Array.isArray(value) && value.length > 0
  const isText = (value: unknown): value is string => typeof value === 'string'
  const isNumber = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0
  const right: [Kind<unknown>, (value: unknown) => boolean][] = [
    [ticket('x'), value => isNumber(value) && value !== 0],
    [queue('x'), value => isNumber(value) || isText(value)],
    [user('x'), value => isNumber(value) || isText(value)],
    [
      anyText('x'),
      value => {
        const { beginning } = value as KeptText
        return isText(beginning) && !/[\0\r]/.test(beginning) && beginning.trim() !== ''
      },
    ],
    [
      one,
      value => isText(value) && !CONTROL.test(value) && value === value.trim() && [...value].length <= 100,
    ],
    [address('x'), value => isText(value) && /^[!-~]+@[a-z0-9.-]+$/.test(value)],
    [addresses('x'), value => lists(value) && value.every(item => /^[!-~]+@[a-z0-9.-]+$/.test(item))],
    [username('x'), value => isText(value) && /^[!-~]{1,64}$/.test(value)],
    [slug('x'), value => isText(value) && /^[!-~]{1,50}$/.test(value)],
    [whole('x', 0, 9), isNumber],
    [flag('x'), value => typeof value === 'boolean'],
    [anything('x'), value => value === true],
    [date('x'), value => isText(value) && value.length === 10],
    [attachments('x'), () => false],
    [optional(one), isText],
    [clearable(one), value => value === null || isText(value)],
  ]
  fc.assert(
    fc.property(words, fc.constantFrom(...right), (text, [kind, isRight]) => {
      const value = parsed(kind, text)
      return isSentence(value) ? isGoodSentence(value.sentence) : isRight(value)
    }),
    runs(3000),
  )
  fc.assert(
    fc.property(typed, fc.constantFrom(...right), (given, [kind, isRight]) => {
      const value = accepted(kind, given)
      return isSentence(value) ? isGoodSentence(value.sentence) : isRight(value)
    }),
    runs(1000),
  )
})

t.test(
  'any text, number or boolean for any parameter of any method gives an answer or a sentence',
  async t => {
    const { call } = await desk(t)
    const slots = [...methods.values()].flatMap(({ name, params }) =>
      Object.keys(params).map(key => [name, key] as const),
    )
    const valid: Record<string, string> = {
      ticket: '31794',
      queue: '1',
      message: 'x',
      title: 'x',
      confirm: 'y',
    }
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(words, typed),
        fc.constantFrom(...slots),
        async (value: ParamValue, [name, key]) => {
          if (key === 'new_password' && typeof value === 'string') return
          const has = methods.get(name)!.params
          const rest = Object.fromEntries(
            Object.entries(valid).filter(([other]) => Object.hasOwn(has, other)),
          )
          const outcome = call(name, { ...rest, dry_run: 'y', [key]: value }, { actor: { kind: 'operator' } })
          const said = await outcome.then(
            ({ says }) => says,
            (error: Failure) => error,
          )
          if (said instanceof Failure && !isGoodSentence(said.message)) throw new Error(said.message)
          if (!(said instanceof Failure) && typeof said !== 'string') throw said
        },
      ),
      runs(600),
    )
  },
)

function isSentence(value: unknown): value is { sentence: string } {
  return typeof value === 'object' && value !== null && 'sentence' in value
}

function isGoodSentence(sentence: string): boolean {
  return (
    sentence.length <= 350 && /[.)]$/.test(sentence) && !/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(sentence)
  )
}
