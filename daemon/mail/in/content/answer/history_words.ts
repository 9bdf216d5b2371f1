// One thing: the table of what mail programs write above quoted history, by language. Everything is in lower case.

/** The words of one language. */
export interface HistoryWords {
  /** The labels of a header block. */
  readonly from: readonly string[]
  readonly sent: readonly string[]
  readonly to: readonly string[]
  readonly copy: readonly string[]
  readonly subject: readonly string[]
  /** How a line such as "On … Susan wrote:" begins, and its verb. */
  readonly openers: readonly string[]
  readonly verbs: readonly string[]
  /** The words between dashes above the history, and those above a forwarded mail. */
  readonly original: readonly string[]
  readonly forwarded: readonly string[]
  /** How writers say that their answers stand in or below the history. */
  readonly below: readonly string[]
}

const en: HistoryWords = {
  from: ['from'],
  sent: ['sent', 'date'],
  to: ['to'],
  copy: ['cc'],
  subject: ['subject'],
  openers: ['on', 'at', 'quoting'],
  verbs: ['wrote', 'writes', 'quoting'],
  original: ['original message', 'original mail', 'reply message', 'original email', 'original appointment'],
  forwarded: [
    'forwarded message',
    'begin forwarded message',
    'forwarded mail',
    'forwarded by',
    'forwarded email',
  ],
  below: [
    'below',
    'inline',
    'in-line',
    'in red',
    'in blue',
    'in green',
    'in bold',
    'in capitals',
    'at the bottom',
  ],
}
const de: HistoryWords = {
  from: ['von'],
  sent: ['gesendet', 'datum', 'gesendet am'],
  to: ['an'],
  copy: ['cc', 'kopie'],
  subject: ['betreff', 'thema'],
  openers: ['am', 'zitat von'],
  verbs: ['schrieb', 'schreibt', 'hat geschrieben', 'geschrieben', 'zitat von'],
  original: ['ursprüngliche nachricht', 'originalnachricht', 'original-nachricht', 'originaltermin'],
  forwarded: ['weitergeleitete nachricht', 'anfang der weitergeleiteten nachricht', 'weitergeleitet von'],
  below: ['unten', 'in rot', 'in blau', 'in grün', 'im text', 'farbig', 'darunter'],
}
const fr: HistoryWords = {
  from: ['de'],
  sent: ['envoyé', 'date', 'envoyé le'],
  to: ['à'],
  copy: ['cc', 'copie à'],
  subject: ['objet'],
  openers: ['le'],
  verbs: ['a écrit', 'écrit'],
  original: ['message original', "message d'origine", 'message d’origine'],
  forwarded: [
    'message transféré',
    'début du message réexpédié',
    'début du message transféré',
    'forwarded message',
  ],
  below: ['ci-dessous', 'en rouge', 'en bleu', 'plus bas', 'dans le texte', 'dans le corps'],
}
const es: HistoryWords = {
  from: ['de'],
  sent: ['enviado', 'enviado el', 'fecha'],
  to: ['para'],
  copy: ['cc'],
  subject: ['asunto'],
  openers: ['el'],
  verbs: ['escribió', 'escribio'],
  original: ['mensaje original'],
  forwarded: ['mensaje reenviado', 'inicio del mensaje reenviado'],
  below: ['abajo', 'debajo', 'en rojo', 'en azul', 'a continuación', 'entre líneas'],
}
const it: HistoryWords = {
  from: ['da'],
  sent: ['inviato', 'data'],
  to: ['a'],
  copy: ['cc'],
  subject: ['oggetto'],
  openers: ['il', 'il giorno', 'in data'],
  verbs: ['ha scritto', 'scrive', 'scriveva'],
  original: ['messaggio originale'],
  forwarded: ['messaggio inoltrato', 'inizio messaggio inoltrato'],
  below: ['qui sotto', 'di seguito', 'in rosso', 'in blu', 'nel testo', 'più sotto', 'in basso'],
}
const pt: HistoryWords = {
  from: ['de'],
  sent: ['enviado', 'enviada', 'enviado em', 'enviada em', 'data'],
  to: ['para'],
  copy: ['cc'],
  subject: ['assunto'],
  openers: ['em', 'no dia', 'a'],
  verbs: ['escreveu', 'escreve'],
  original: ['mensagem original'],
  forwarded: ['mensagem encaminhada', 'mensagem reencaminhada', 'início da mensagem encaminhada'],
  below: ['abaixo', 'em baixo', 'em vermelho', 'em azul', 'a seguir'],
}
const nl: HistoryWords = {
  from: ['van'],
  sent: ['verzonden', 'datum'],
  to: ['aan'],
  copy: ['cc'],
  subject: ['onderwerp'],
  openers: ['op'],
  verbs: ['schreef', 'heeft geschreven', 'het volgende geschreven'],
  original: ['oorspronkelijk bericht', 'origineel bericht', 'oorspronkelijke bericht'],
  forwarded: ['doorgestuurd bericht', 'begin doorgestuurd bericht'],
  below: ['hieronder', 'onderaan', 'in het rood', 'in het blauw', 'beneden', 'in de tekst'],
}
const pl: HistoryWords = {
  from: ['od', 'nadawca'],
  sent: ['wysłano', 'wysłane', 'data'],
  to: ['do', 'adresat'],
  copy: ['dw', 'cc'],
  subject: ['temat'],
  openers: [
    'w dniu',
    'dnia',
    'pon',
    'pon.',
    'wt',
    'wt.',
    'śr',
    'śr.',
    'czw',
    'czw.',
    'pt',
    'pt.',
    'sob',
    'sob.',
  ],
  verbs: ['napisał', 'napisała', 'napisał(a)', 'napisana przez', 'pisze', 'napisano'],
  original: ['oryginalna wiadomość', 'wiadomość oryginalna'],
  forwarded: ['przekazana wiadomość', 'wiadomość przekazana', 'początek przekazywanej wiadomości'],
  below: ['poniżej', 'na czerwono', 'na niebiesko', 'w tekście', 'niżej'],
}
const sv: HistoryWords = {
  from: ['från'],
  sent: ['skickat', 'datum', 'skickades'],
  to: ['till'],
  copy: ['kopia', 'cc'],
  subject: ['ämne'],
  openers: ['den'],
  verbs: ['skrev', 'skriver'],
  original: ['ursprungligt meddelande', 'originalmeddelande'],
  forwarded: ['vidarebefordrat meddelande', 'vidarebefordrat brev', 'forwarded message'],
  below: ['nedan', 'i rött', 'i blått', 'längre ner', 'i texten'],
}
const da: HistoryWords = {
  from: ['fra'],
  sent: ['sendt', 'dato'],
  to: ['til'],
  copy: ['cc'],
  subject: ['emne'],
  openers: ['den', 'd.'],
  verbs: ['skrev', 'skriver'],
  original: ['oprindelig meddelelse', 'original meddelelse', 'oprindelig besked'],
  forwarded: ['videresendt meddelelse', 'start på videresendt besked', 'videresendt besked'],
  below: ['nedenfor', 'nedenunder', 'herunder', 'med rødt', 'i teksten'],
}
const nb: HistoryWords = {
  from: ['fra'],
  sent: ['sendt', 'dato'],
  to: ['til'],
  copy: ['kopi', 'cc'],
  subject: ['emne'],
  openers: ['den', 'man.', 'tir.', 'ons.', 'tor.', 'fre.', 'lør.', 'søn.'],
  verbs: ['skrev', 'skrev følgende'],
  original: ['opprinnelig melding', 'original melding'],
  forwarded: ['videresendt melding', 'start på videresendt melding'],
  below: ['nedenfor', 'under her', 'i rødt', 'lenger ned'],
}
const fi: HistoryWords = {
  from: ['lähettäjä'],
  sent: ['lähetetty', 'päivämäärä', 'päiväys'],
  to: ['vastaanottaja', 'kenelle'],
  copy: ['kopio'],
  subject: ['aihe'],
  openers: ['ma', 'ti', 'ke', 'to', 'pe', 'la', 'su'],
  verbs: ['kirjoitti'],
  original: ['alkuperäinen viesti'],
  forwarded: ['edelleenlähetetty viesti', 'välitetty viesti'],
  below: ['alempana', 'alla olevaan', 'punaisella'],
}
const cs: HistoryWords = {
  from: ['od'],
  sent: ['odesláno', 'datum'],
  to: ['komu'],
  copy: ['kopie'],
  subject: ['předmět'],
  openers: ['dne', 'po', 'út', 'st', 'čt', 'pá', 'so', 'ne'],
  verbs: ['napsal', 'napsala', 'napsal(a)', 'píše'],
  original: ['původní zpráva', 'původní e-mail'],
  forwarded: ['přeposlaná zpráva', 'předaná zpráva', 'začátek přeposlané zprávy'],
  below: ['níže', 'červeně', 'modře', 'v textu'],
}
const ru: HistoryWords = {
  from: ['от', 'от кого'],
  sent: ['отправлено', 'дата'],
  to: ['кому'],
  copy: ['копия'],
  subject: ['тема'],
  openers: ['пн,', 'вт,', 'ср,', 'чт,', 'пт,', 'сб,', 'вс,'],
  verbs: ['пишет', 'написал', 'написала', 'написал(а)'],
  original: ['исходное сообщение', 'оригинальное сообщение'],
  forwarded: ['пересланное сообщение', 'пересылаемое сообщение', 'начало переадресованного сообщения'],
  below: ['ниже', 'красным', 'в тексте'],
}
const tr: HistoryWords = {
  from: ['kimden', 'gönderen'],
  sent: ['gönderildi', 'gönderme tarihi', 'gönderilme tarihi', 'tarih'],
  to: ['kime', 'alıcı'],
  copy: ['bilgi', 'cc'],
  subject: ['konu'],
  openers: [],
  verbs: ['yazdı', 'şunları yazdı', 'şunu yazdı'],
  original: ['özgün ileti', 'orijinal mesaj', 'orijinal ileti'],
  forwarded: ['iletilmiş mesaj', 'iletilen mesaj', 'yönlendirilmiş ileti'],
  below: ['aşağıda', 'kırmızı'],
}
const ja: HistoryWords = {
  from: ['差出人', 'from', '送信者'],
  sent: ['送信日時', '日時', '日付', 'date', 'sent'],
  to: ['宛先', 'to'],
  copy: ['cc'],
  subject: ['件名', 'subject'],
  openers: [],
  verbs: ['のメール', '書きました', '書いた', 'wrote'],
  original: ['元のメッセージ', 'オリジナルメッセージ', 'original message'],
  forwarded: ['転送メッセージ', '転送されたメッセージ', 'forwarded message'],
  below: ['赤字', '青字', 'インライン', '下記に回答', '下記に記入'],
}
const zh: HistoryWords = {
  from: ['发件人', '寄件者', '寄件人'],
  sent: ['发送时间', '日期', '时间', '发送日期', '寄件日期', '傳送時間', '日期'],
  to: ['收件人', '收件者'],
  copy: ['抄送', '副本'],
  subject: ['主题', '主旨', '主題'],
  openers: ['在', '于', '於'],
  verbs: ['写道', '寫道', '写到'],
  original: ['原始邮件', '原始郵件', '原邮件'],
  forwarded: ['转发的邮件', '转发邮件信息', '轉寄的郵件', '已转发的邮件', 'forwarded message'],
  below: ['红字', '紅字', '蓝字', '见下', '見下', '下文', '标红'],
}

/** At most 31: sets of languages are bits of a number. */
export const HISTORY_WORDS = [en, de, fr, es, it, pt, nl, pl, sv, da, nb, fi, cs, ru, tr, ja, zh] as const
