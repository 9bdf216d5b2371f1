/** In characters. */
const LONGEST_THANKS = 60
/** What people write who only say thanks, each as a clause: in lower case, without punctuation. */
const THANKS: ReadonlySet<string> = new Set([
  // English.
  'thanks',
  'thank you',
  'thx',
  'ty',
  'cheers',
  'many thanks',
  'thanks a lot',
  'thanks so much',
  'thank you so much',
  'thanks very much',
  'thank you very much',
  'thanks again',
  'thank you again',
  'thanks for your help',
  'thank you for your help',
  'thanks for the help',
  'thanks for your quick help',
  'thanks for the quick help',
  'much appreciated',
  // German.
  'danke',
  'vielen dank',
  'danke schön',
  'danke sehr',
  'besten dank',
  'herzlichen dank',
  'tausend dank',
  'vielen lieben dank',
  'danke für die hilfe',
  'danke für ihre hilfe',
  'danke für die schnelle hilfe',
  'vielen dank für die hilfe',
  'vielen dank für ihre hilfe',
  'vielen dank für die schnelle hilfe',
  // French, Spanish, Portuguese, Italian.
  'merci',
  'merci beaucoup',
  'un grand merci',
  'merci bien',
  'merci pour votre aide',
  'merci de votre aide',
  'gracias',
  'muchas gracias',
  'mil gracias',
  'gracias por su ayuda',
  'obrigado',
  'obrigada',
  'muito obrigado',
  'muito obrigada',
  'grazie',
  'grazie mille',
  'molte grazie',
  'tante grazie',
  // Dutch, Danish, Norwegian, Swedish, Finnish.
  'bedankt',
  'dank je',
  'dank je wel',
  'dank u wel',
  'hartelijk dank',
  'tak',
  'mange tak',
  'takk',
  'tusen takk',
  'tack',
  'tack så mycket',
  'kiitos',
  'kiitos paljon',
  // Polish, Czech, Hungarian, Turkish, Russian, Ukrainian, Greek.
  'dziękuję',
  'dzięki',
  'bardzo dziękuję',
  'děkuji',
  'díky',
  'köszönöm',
  'köszönöm szépen',
  'teşekkürler',
  'teşekkür ederim',
  'спасибо',
  'большое спасибо',
  'дякую',
  'ευχαριστώ',
  'ευχαριστώ πολύ',
  // Japanese, Chinese, Korean.
  'ありがとうございます',
  'ありがとうございました',
  '谢谢',
  '謝謝',
  '감사합니다',
])
/** What may stand beside it. */
const BESIDE: ReadonlySet<string> = new Set(
  'ok/okay/great/perfect/super/wonderful/excellent/awesome/prima/perfekt/toll/klasse/parfait/perfecto/perfetto/hi/hello/hallo/bonjour/hola'.split(
    '/',
  ),
)
const CLAUSE_ENDS = /[.!?,;:\n…。！，–—]+/u
/** Emoji, variation selectors, and what smileys are made of. */
const DECORATION = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{M}|\u200d|[()<>*_^-])+/gu

/** Whether a text only says thanks, in one of many languages: it asks for nothing, so it reopens nothing. */
export function isThanks(text: string): boolean {
  const words = text
    .slice(0, 2 * LONGEST_THANKS)
    .trim()
    .normalize('NFC')
    .toLowerCase()
  if (text.length >= 2 * LONGEST_THANKS || [...words].length > LONGEST_THANKS) return false
  const clauses = words
    .split(CLAUSE_ENDS)
    .map(clause => clause.replace(DECORATION, ' ').replace(/\s+/g, ' ').trim())
    .filter(Boolean)
  return clauses.some(one => THANKS.has(one)) && clauses.every(one => THANKS.has(one) || BESIDE.has(one))
}
