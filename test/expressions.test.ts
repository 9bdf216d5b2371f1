import t, { type Test } from 'tap'
import { MIB } from '../data/sizes.ts'
import { expressionsInSource, madeDuring } from './expressions.ts'
import { type Input, worstInputs, worstInputsOfMade } from './worst_inputs.ts'

const MOST_RUNS = 5
/** The first runs of an expression are interpreted, which takes longer. */
const FIRST_RUNS = 4
const isTorture = process.env.HELPDESKD_TORTURE !== undefined
/** Quadratic time is 250 ms for 16 KiB, so more is not needed to tell it from linear time. */
const SIZES = [MIB / 512, MIB / 64, ...(isTorture ? [MIB / 8, MIB] : [])]
/** Eight times the input takes 8 times as long if the time is linear, and 64 times if it is quadratic. */
const MOST_TIMES = 24
/** A shorter time says little on a busy machine, where a million matches also wait for memory. */
const FLOOR_MILLISECONDS = isTorture ? 150 : 50

const { literals, made } = expressionsInSource()

t.test('the list has the worst input of each expression in the source, and no others', async t => {
  t.ok(literals.size > 80)
  const missing = [...literals].filter(literal => !worstInputs.has(literal))
  t.same(missing, [], 'add the worst input of each of these to test/worst_inputs.ts')
  const gone = [...worstInputs.keys()].filter(literal => !literals.has(literal))
  t.same(gone, [], 'these are no longer in the source; remove them')
  t.same(Object.keys(worstInputsOfMade).sort(), [...made.keys()].sort())
})

t.test('no expression takes more than linear time for its worst input, however long', async t => {
  for (const [literal, input] of worstInputs) {
    const end = literal.lastIndexOf('/')
    areLinear(t, new RegExp(literal.slice(1, end), literal.slice(end + 1)), [input])
  }
})

t.test('no expression made from text takes more than linear time either', async t => {
  const found = await madeDuring(async () => {
    await import('../data/address.ts')
    await import('../data/token.ts')
    await import('../data/secret_words.ts')
    await import('../data/json/packed.ts')
    await import('../handlers/command/command.ts')
    await import('../daemon/http/select_params.ts')
    await import('../daemon/mail/out/html/message_html.ts')
    const { searching } = await import('../data/json/search.ts')
    const none = { byId: { stretch: () => ({ ids: [], entries: [] }) } }
    const words = { where: {}, by: [], words: 'printer', limit: 1 } as const
    searching({ tickets: none, followups: none } as never, 'tickets', words).until(Number.POSITIVE_INFINITY)
    const { signedIdsOf } = await import('../daemon/mail/signed_ids.ts')
    const keys = { mark: () => '', isMark: () => false, longMark: () => '', isLongMark: () => false }
    signedIdsOf(keys, 'helpdesk@helpdesk.example', [])
  })
  for (const [file, places] of made) {
    const here = found.filter(one => one.file === file)
    t.equal(new Set(here.map(({ place }) => place)).size, places, `all of ${file} were made`)
    for (const { expression } of here) {
      const [verb = ''] = /[a-z]{3,}/.exec(expression.source) ?? []
      const inputs = worstInputsOfMade[file] ?? []
      areLinear(
        t,
        expression,
        inputs.map(([beginning, repeated, end]) => [beginning.replace('VERB', verb), repeated, end]),
      )
    }
  }
})

t.test('an expression that is not linear is found', async t => {
  t.match(verdictOn(/[. ]+$/g, ['', '.', 'x']), / times as long/)
  t.equal(verdictOn(/[.]/g, ['', '.', 'x']), 'linear')
})

function areLinear(t: Test, { source, flags }: RegExp, inputs: readonly Input[]): void {
  // Every match, as `split` and `matchAll` find them.
  const everywhere = new RegExp(source, flags.includes('g') ? flags : `${flags}g`)
  const verdicts = inputs.map(input => [JSON.stringify(input), verdictOn(everywhere, input)])
  t.same(
    verdicts.filter(([, verdict]) => verdict !== 'linear'),
    [],
    String(everywhere),
  )
}

/** Starts with short inputs, so that an expression that is not linear never gets a long one. */
function verdictOn(everywhere: RegExp, input: Input): string {
  let before = Number.POSITIVE_INFINITY
  for (let run = 0; run < FIRST_RUNS; run++)
    before = Math.min(before, fastest(everywhere, ofLength(SIZES[0]!, input), Number.POSITIVE_INFINITY))
  for (const size of SIZES.slice(1)) {
    const took = fastest(everywhere, ofLength(size, input), Math.max(FLOOR_MILLISECONDS, before * MOST_TIMES))
    if (took > FLOOR_MILLISECONDS && took > before * MOST_TIMES)
      return `${Math.round(took / before)} times as long for eight times as much: ${took.toFixed(0)} ms for ${size} characters`
    before = took
  }
  return 'linear'
}

function ofLength(size: number, [beginning, repeated, end]: Input): string {
  return beginning + repeated.repeat(Math.ceil(size / repeated.length)) + end
}

/** The best processor time in milliseconds; a run of more than `most` is repeated, since other processes may have slowed it down. */
function fastest(expression: RegExp, text: string, most: number): number {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < MOST_RUNS; run++) {
    const started = process.cpuUsage()
    text.replace(expression, '')
    const { user, system } = process.cpuUsage(started)
    best = Math.min(best, (user + system) / 1000)
    if (best <= most) break
  }
  return best
}
