import t from 'tap'
import { languageOf } from '../../../../../daemon/mail/in/content/language.ts'

const GERMAN =
  'Guten Tag, seit heute Morgen druckt der Drucker im zweiten Stock nicht mehr. Ich habe ihn schon aus- und wieder eingeschaltet, aber die Anzeige sagt immer noch, dass kein Papier da ist, obwohl das Fach voll ist.'
const TEXTS: readonly (readonly [string | undefined, string])[] = [
  ['de', GERMAN],
  [
    'en',
    'Hello, since this morning the printer on the second floor does not print any more. I have already turned it off and on again, but the display still says that there is no paper, although the tray is full.',
  ],
  [
    'fr',
    "Bonjour, depuis ce matin l'imprimante du deuxième étage n'imprime plus. Je l'ai déjà éteinte et rallumée, mais l'écran indique toujours qu'il n'y a pas de papier alors que le bac est plein. Merci de votre aide.",
  ],
  [
    'es',
    'Buenos días, desde esta mañana la impresora del segundo piso ya no imprime. La he apagado y encendido varias veces, pero la pantalla sigue diciendo que no hay papel, aunque la bandeja está llena.',
  ],
  [
    'nl',
    'Goedemorgen, sinds vanochtend drukt de printer op de tweede verdieping niet meer af. Ik heb hem al uit- en weer aangezet, maar op het scherm staat nog steeds dat er geen papier is, terwijl de lade vol zit.',
  ],
  [
    'pt',
    'Bom dia, desde hoje de manhã a impressora do segundo andar não imprime mais. Já desliguei e liguei de novo, mas a tela continua dizendo que não há papel, embora a bandeja esteja cheia. Muito obrigada.',
  ],
  [
    'it',
    "Buongiorno, da questa mattina la stampante al secondo piano non stampa più. L'ho già spenta e riaccesa, ma il display dice ancora che non c'è carta, anche se il cassetto è pieno. Grazie mille a tutti.",
  ],
  [
    undefined,
    'Goddag, siden i morges har printeren på anden sal ikke kunnet udskrive. Jeg har allerede slukket og tændt for den igen, men skærmen siger stadig, at der ikke er papir, selv om skuffen er fuld. Mange tak.',
  ],
]

t.test('the language of a mail is that of its words, if they are enough and it is clear', async t => {
  for (const [locale, text] of TEXTS) t.equal(languageOf(undefined, text.padEnd(200, '.')), locale, text)
  t.equal(languageOf(undefined, GERMAN.slice(0, 150)), undefined, 'too short')
  t.equal(languageOf(undefined, `${'12345 '.repeat(60)}`), undefined, 'no words')
})

t.test('Content-Language says it before the words do', async t => {
  for (const [field, locale] of [
    ['fr', 'fr'],
    ['de-AT', 'de'],
    ['PT-br, en', 'pt'],
    ['it', 'it'],
    ['den', 'de'],
    ['sv', 'de'],
    ['', 'de'],
  ] as const)
    t.equal(languageOf(field, GERMAN), locale, field)
})
