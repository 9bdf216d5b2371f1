/** Names as a sentence has them: `a, b and c`. More than `most` are counted, not named: `a, b and 9 more`. At least one name. */
export function nameList(names: readonly string[], most = names.length): string {
  const more = names.length - most
  const all = more > 0 ? [...names.slice(0, most), `${more} more`] : names
  return all.length === 1 ? all[0]! : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}
