const NAMES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A text as HTML shows it, in an element or in an attribute between double quotes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, character => NAMES[character]!)
}
