/** Random numbers from 0 to 1, the same in each run (mulberry32). */
export type Random = () => number

export function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const WORDS =
  'the a of to we and it is not since printer today please ticket still when order after yours with help'
const MEDIAN_CHARACTERS = 600
const SIGMA = 0.85
const MOST_CHARACTERS = 20_000
const POOL_CHARACTERS = 1024 * 1024

/**
 * Mail texts of realistic lengths: lognormal with a median of 600 characters. One in ten has a quote of up to 20,000 characters after it,
 * so the mean is about 1,200. One in eight has characters beyond Latin-1, so it takes two bytes a character.
 */
export function textsOf(random: Random): () => string {
  const words = WORDS.split(' ')
  let pool = ''
  while (pool.length < POOL_CHARACTERS) pool += `${words[Math.floor(random() * words.length)]} `
  const bytes = Buffer.from(pool)
  const piece = (characters: number) => {
    const length = Math.min(Math.max(1, Math.round(characters)), MOST_CHARACTERS)
    const from = Math.floor(random() * (bytes.length - length))
    return bytes.toString('latin1', from, from + length)
  }
  return () => {
    const own = piece(MEDIAN_CHARACTERS * Math.exp(SIGMA * normal(random)))
    const quoted = random() < 0.1 ? piece(8000 * random() ** 1.5) : ''
    const text = quoted && `${own}\n\nOn Monday somebody wrote:\n> ${quoted}`
    const odd = random() < 0.125 ? '\u2019' : ''
    // Through bytes, as if from another process: this gives one flat string instead of concatenated parts.
    return Buffer.from(`${text || own}${odd}`).toString()
  }
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
