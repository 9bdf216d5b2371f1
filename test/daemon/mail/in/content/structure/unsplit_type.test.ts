import t from 'tap'
import { mediaType } from '../../../../../../daemon/mail/in/content/media_type.ts'
import { partName } from '../../../../../../daemon/mail/in/content/part_name.ts'
import { unsplitType } from '../../../../../../daemon/mail/in/content/structure/unsplit_type.ts'

t.test('a type that is not split stays as it is', async t => {
  for (const type of [
    '',
    'text/html',
    'text/html; boundary=""',
    'text/html; boundary',
    'text/html; name="boundary=b"',
  ])
    t.equal(unsplitType(type), undefined, type)
  for (const type of ['multipart/mixed', 'Multipart/x', '(c) multipart/mixed', '"multipart/mixed"'])
    t.equal(unsplitType(`${type}; boundary=b`), undefined, type)
})

/** Bytes in UTF-8 as a header has them. */
function raw(text: string): string {
  return Buffer.from(text).toString('latin1')
}

t.test('without the boundary, a type has the same charset, format and file name', async t => {
  for (const params of [
    '; charset=windows-1251; format=Flowed; delsp=yes',
    '; charset="utf-8"; name="a \\"b\\" ; boundary=c.html"',
    raw('; name="Résumé.pdf"'),
    '; name="=?utf-8?Q?R=C3=A9sum=C3=A9.pdf?="',
    '; name="\x83\x5c\x95\x5c.pdf"; charset=Shift_JIS',
    '; name="C:\\Users\\new.pdf"',
    "; name*=utf-8''R%C3%A9sum%C3%A9.pdf",
    "; name*=utf-8''R%E9sum%E9.pdf",
    "; name*0*=utf-8''R%C3; name*1*=%A9sum; name*2=e.pdf",
    '; name=my  report (1) x.pdf',
    '; name="no end',
  ]) {
    const unsplit = unsplitType(`text/plain; boundary=b${params}`)
    t.ok(unsplit, params)
    t.same(mediaType(unsplit!), mediaType(`text/plain${params}`), params)
    t.equal(partName(undefined, unsplit, []), partName(undefined, `text/plain${params}`, []), params)
  }
})

t.test('none is split afterwards', async t => {
  for (const type of [
    'text/html; boundary="b; charset=utf-8',
    'text/html"; boundary=b"; boundary=c',
    'text/html\\; boundary=b; boundary=c',
    'text/html; bound\x01ary=b; boundary=c',
    'text/html; bound(x)ary=b; boundary*=c; boundary*0=d; boundary*1*=e',
  ]) {
    const unsplit = unsplitType(type)
    t.match(unsplit, /^text\/html(?:;|$)/, type)
    t.equal(unsplitType(unsplit!), undefined, type)
  }
})

t.test('of a long type, the beginning is kept', async t => {
  const unsplit = unsplitType(`text/html; charset=utf-8; boundary=b; name="${'\u00e9'.repeat(100_000)}"`)!
  t.ok(unsplit.length < 2000)
  t.match(mediaType(unsplit), { type: 'text/html', charset: 'utf-8' })
})
