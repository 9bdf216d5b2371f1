// The one rule of characters that nobody sees: control and format characters, halves of characters, line and paragraph separators, what
// Unicode lets a screen ignore (fillers, selectors), and the blank of Braille.

/** Matches each run of them. */
export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]+/gu

/** Matches a text with something to see: neither a blank nor one of them. */
export const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Matches a line that hides something from its reader: one of them, except a tab and what chooses how an emoji is drawn. */
export const HIDDEN =
  /(?!\t|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u
