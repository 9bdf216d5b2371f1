/** Whether a text in lower case has one of the words, and no letter directly before or after it. */
export function hasWholeWord(words: readonly string[], text: string): boolean {
  return words.some(word => {
    for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
      if (!isLetter(text[at - 1]) && !isLetter(text[at + word.length])) return true
    return false
  })
}

/** Whether a text in lower case begins with one of the words, and no letter directly after it. */
export function beginsWithWord(words: readonly string[], text: string): boolean {
  return words.some(word => text.startsWith(word) && !isLetter(text[word.length]))
}

/** A letter of a script with case: Chinese and Japanese words stand beside each other without blanks. */
function isLetter(character: string | undefined): boolean {
  return character !== undefined && character.toLowerCase() !== character.toUpperCase()
}
