/**
 * The option for a smarthost that takes no letter, for tests that look at the records of letters alone: to write and to keep each letter
 * takes longer than the mail that causes it.
 */
export const NO_LETTERS = 'smarthost.url = "file:/dev/null/letters"'
