import { MIB } from '../../../data/sizes.ts'
import { plainText } from '../../../handlers/params/plain_text.ts'
import { cleanText } from './clean_text.ts'
import { HtmlPage } from './html_page.ts'
import { readTags } from './tags.ts'

/** In UTF-16 units: the HTML of a mail that is read, and the text that is made of it; quotes within quotes can make it longer than the HTML. */
export const LONGEST_HTML = 2 * MIB
const LONGEST_TEXT = 4 * MIB

/**
 * HTML as plain text: rows of tables on lines of their own, lists and quotes marked, no line wrapped, the address of a link once and only
 * if its text does not say it, hidden text left out. `images` has the file names of the attached images by their Content-IDs; one becomes
 * `[image001.png]`. `isCut` if it is longer than `most`, or its text too long, so that the end is missing.
 */
export function htmlText(
  html: string,
  images: ReadonlyMap<string, string>,
  most = LONGEST_HTML,
): { readonly text: string; readonly isCut: boolean } {
  const room = { left: LONGEST_TEXT }
  const page = new HtmlPage(room, images)
  readTags(plainText(html.slice(0, most)), page)
  const text = cleanText(page.end().join('\n'))
  return { text, isCut: html.length > most || room.left < 0 }
}
