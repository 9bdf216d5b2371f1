/** In characters; a longer address helps nobody. */
const LONGEST_HREF = 2048
const SHOWN = /^(?:[a-z][a-z0-9+.-]*:|\/\/|www\.)/i
const NOT_SHOWN = /^(?:javascript|vbscript|data|cid|about|blob|file):/i
const CONTROLS = /[\t\n\f\r]/g
const UNSAFE = /[ <>]/g
const INVISIBLE_HERE = /[\s\u00ad\u200b\u2060\ufeff]/g
const SCHEME = /^(?:mailto:|tel:|sms:|(?:https?:)?\/\/)/i
const WWW = /^www\./
const QUERY = /\?.*/s
const NOT_DIGITS = /[^0-9]/g
const LAST_DIGITS = 6
const SAFE_LINK = /^https:\/\/[a-z0-9.-]{1,64}\.safelinks\.protection\.outlook\.com\//i

/** What is written after the text of a link: its address in angle brackets, or nothing if the text says it or it leads nowhere. */
export function linkNote(href: string, text: string): string {
  const target = targetOf(href.replace(CONTROLS, '').trim())
  if (target.length > LONGEST_HREF || !SHOWN.test(target) || NOT_SHOWN.test(target)) return ''
  const said = compared(text)
  if (said === '' || said.endsWith(compared(target)) || isSameNumber(target, said)) return ''
  const isDirect = /^(?:mailto|tel):/i.test(target)
  const shown = isDirect ? target.replace(SCHEME, '').replace(QUERY, '') : target
  return shown === '' ? '' : `<${shown.replace(UNSAFE, encodeURIComponent)}>`
}

/** Outlook leads links through a server of its own; the address they lead to is in their query. */
function targetOf(href: string): string {
  if (!SAFE_LINK.test(href) || !URL.canParse(href)) return href
  return new URL(href).searchParams.get('url') ?? href
}

function compared(address: string): string {
  const bare = address.replace(INVISIBLE_HERE, '').toLowerCase().replace(SCHEME, '').replace(WWW, '')
  const direct = /^mailto:/i.test(address) ? bare.replace(QUERY, '') : bare
  return direct.endsWith('/') ? direct.slice(0, -1) : direct
}

/** Whether the text is the telephone number, perhaps without the code of the country. */
function isSameNumber(target: string, said: string): boolean {
  if (!/^(?:tel|sms):/i.test(target)) return false
  const digits = said.replace(NOT_DIGITS, '').slice(-LAST_DIGITS)
  return digits.length === LAST_DIGITS && target.replace(NOT_DIGITS, '').endsWith(digits)
}
