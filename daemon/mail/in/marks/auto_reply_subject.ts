/**
 * What mail programs and people put at the front of the subject of an automatic reply, in lower case. Only an answer to us is judged by
 * it, so a word that begins another subject now and then is enough.
 */
const BEGINNINGS: readonly string[] = [
  // English, and what programs write in every language.
  'automatic reply',
  'automatic response',
  'automated reply',
  'automated response',
  'auto reply',
  'auto-reply',
  'autoreply',
  'auto response',
  'auto-response',
  'autoresponse',
  'auto:',
  'autorespond',
  'out of office',
  'out-of-office',
  'out of the office',
  'ooo:',
  'ooto:',
  'away from my mail',
  'away from the office',
  'i am out of',
  'on vacation',
  'vacation reply',
  'vacation:',
  'holiday:',
  // German, Dutch.
  'automatische antwort',
  'automatische rückantwort',
  'automatische beantwortung',
  'abwesenheit',
  'abwesend',
  'außer haus',
  'nicht im büro',
  'automatisch antwoord',
  'automatische beantwoording',
  'automatische reactie',
  'afwezig',
  // Danish, Norwegian, Swedish, Finnish.
  'automatisk svar',
  'automatiskt svar',
  'autosvar',
  'fravær',
  'frånvaro',
  'automaattinen vastaus',
  'poissa',
  // French, Spanish, Catalan, Portuguese, Italian, Romanian.
  'réponse automatique',
  'reponse automatique',
  'absence',
  'absent du bureau',
  'absente du bureau',
  "message d'absence",
  'respuesta automática',
  'respuesta automatica',
  'fuera de la oficina',
  'fuera de oficina',
  'ausencia',
  'resposta automàtica',
  'resposta automática',
  'resposta automatica',
  'fora do escritório',
  'ausência',
  'risposta automatica',
  'fuori ufficio',
  'fuori sede',
  'răspuns automat',
  // Polish, Czech, Slovak, Hungarian, Croatian, Slovenian, Turkish, Greek.
  'automatyczna odpowiedź',
  'odpowiedź automatyczna',
  'nieobecność',
  'poza biurem',
  'automatická odpověď',
  'automatická odpoveď',
  'mimo kancelář',
  'automatikus válasz',
  'automatski odgovor',
  'samodejni odgovor',
  'otomatik yanıt',
  'αυτόματη απάντηση',
  // Russian, Ukrainian, Bulgarian.
  'автоматический ответ',
  'автоответ',
  'автоматична відповідь',
  'автоматичен отговор',
  // Hebrew, Arabic, Japanese, Chinese, Korean.
  'תשובה אוטומטית',
  'رد تلقائي',
  '自動応答',
  '自動返信',
  '不在',
  '自动答复',
  '自动回复',
  '自動回覆',
  '자동 회신',
  '자동 응답',
]
/** In characters; the longest beginning with gateway tags before it is shorter. */
const LONGEST_LOOKED_AT = 150
/** What gateways put in front, such as `[EXTERNAL]`. Our own tags have digits. */
const GATEWAY_TAGS = /^(?:\[[^\]0-9]{1,40}\] ?){1,3}/

/** Whether a subject is that of an automatic reply. One behind `Re:` is the answer of a person to it. */
export function isAutoReplySubject(subject: string): boolean {
  const line = subject.slice(0, LONGEST_LOOKED_AT).trimStart().replace(GATEWAY_TAGS, '')
  const beginning = line.normalize('NFC').toLowerCase()
  return BEGINNINGS.some(words => beginning.startsWith(words))
}
