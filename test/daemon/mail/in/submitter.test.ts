import t from 'tap'
import { fromField, replyToField } from '../../../../daemon/mail/in/content/sender/from_field.ts'
import { isNoReply } from '../../../../daemon/mail/in/marks/machine_addresses.ts'
import { submitterOf } from '../../../../daemon/mail/in/submitter.ts'

const FORM = 'web-form@shop.example'
const MARIA = 'Maria Muster <maria@example.net>'

/** The submitter of a mail with these values of From and Reply-To. */
function of(from: string, ...replyTo: string[]) {
  return submitterOf(fromField([from], []), replyToField(replyTo, []), [FORM])
}

t.test('the submitter of a form or a no-reply sender is in Reply-To', async t => {
  const maria = { address: 'maria@example.net', name: 'Maria Muster' }
  t.same(of('Shop <Web-Form@Shop.example>', MARIA), { ...maria, by: 'form' })
  t.same(of('Shop <noreply@shop.example>', MARIA), { ...maria, by: 'reply_to' })
  t.same(of('mail-noreply@shop.example', MARIA), { ...maria, by: 'reply_to' })
})

t.test('else it is the sender', async t => {
  const shop = { address: FORM, name: 'Shop', by: 'from' }
  const form = `Shop <${FORM}>`
  t.same(of(form), shop)
  t.same(of(form, 'a b@c.example'), shop, 'no valid address')
  t.same(of(form, `${MARIA}, bob@example.net`), shop, 'several addresses')
  t.same(of(form, MARIA, 'bob@example.net'), shop, 'several fields')
  t.same(submitterOf(fromField([form], []), undefined, [FORM]), shop, 'our own address')
  t.same(of(form, 'no-reply@shop.example'), shop, 'a no-reply address')
  t.same(of('Ann <ann@example.net>', MARIA), { address: 'ann@example.net', name: 'Ann', by: 'from' })
  const written = '"Jöhn" <jö@x.example>'
  t.same(of(Buffer.from(written).toString('latin1'), MARIA), { address: null, name: written, by: 'from' })
})

t.test('a no-reply address', async t => {
  for (const local of 'noreply no-reply NoReply do-not-reply donotreply mail-noreply noreply-7 no-reply+x'.split(
    ' ',
  ))
    t.ok(isNoReply(`${local}@shop.example`), local)
  for (const local of 'reply noreplying ann casino-replys noreplyx'.split(' '))
    t.notOk(isNoReply(`${local}@noreply.example`), local)
})
