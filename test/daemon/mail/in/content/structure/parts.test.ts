import t from 'tap'
import { type Leaf, structureOf } from '../../../../../../daemon/mail/in/content/structure/parts.ts'
import { readHeaders } from '../../../../../../daemon/mail/in/headers.ts'

const BODY = '\r\nText.\r\n--b\r\n\r\nmore\xfc\r\n\r\n'

/** The only part of a mail with these fields, and whether it lies in the mail itself. */
async function only(fields: string): Promise<Leaf & { readonly isThere: boolean }> {
  const mail = Buffer.from(`${fields}\r\n${BODY}`, 'latin1')
  const { tree, faults } = await structureOf(mail, readHeaders(mail))
  if ('children' in tree || faults.length > 0) throw new Error(`not a single part: ${fields}`)
  return { ...tree, isThere: tree.content.equals(mail.subarray(-BODY.length)) && lies(tree.content, mail) }
}

function lies(part: Buffer, { buffer, byteOffset, length }: Buffer): boolean {
  return part.buffer === buffer && part.byteOffset === byteOffset + length - part.length
}

t.test('a text without a transfer encoding lies in the mail, and is what mailparser makes of it', async t => {
  for (const type of [
    'text/plain',
    'TEXT/Plain; charset=utf-8',
    'text/plain;\r\n format=flowed',
    'text/plain; name=a.txt',
  ])
    for (const encoding of ['', '7bit', '8BIT', 'binary']) {
      const fields = `Subject: x\r\nContent-Type: ${type}\r\nContent-Type: text/html\r\nContent-Language: de\r\n`
      const plain = await only(`${fields}Content-Transfer-Encoding: ${encoding}\r\n`)
      const parsed = await only(`${fields}Content-Transfer-Encoding: ${encoding}(x)\r\n`)
      const what = `${type}, ${encoding}`
      t.equal(plain.isThere, true, what)
      t.equal(plain.type, parsed.type, what)
      t.ok(plain.content.equals(parsed.content), what)
      const other = new Map(parsed.fields).set('content-transfer-encoding', encoding)
      t.same(plain.fields, other, what)
    }
})

t.test('a text with a boundary is not split', async t => {
  for (const type of ['text/plain; boundary=b', 'text/plain; charset=utf-8; bound(x)ary="b"'])
    t.equal((await only(`Content-Type: ${type}\r\n`)).isThere, true, type)
})

t.test('all else is left to mailparser', async t => {
  for (const fields of [
    'Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n',
    'Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n',
    'Content-Type: text/plainer\r\n',
    'Content-Type: text/html\r\n',
    'Content-Disposition: attachment; filename=a.png\r\n',
  ])
    t.equal((await only(fields)).isThere, false, fields)
})
