// The rule for invisible characters, the same everywhere: control and format characters, lone surrogates, line and paragraph separators,
// default-ignorable code points (fillers, variation selectors), and the Braille blank.

/** Matches each run of invisible characters. */
export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]+/gu

/** Matches a text with at least one character that is neither white space nor invisible. */
export const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Matches a line with an invisible character, except tabs and the variation selectors of emoji. */
export const HIDDEN =
  /(?!\t|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u
