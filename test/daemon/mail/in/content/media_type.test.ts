import t from 'tap'
import { mediaType } from '../../../../../daemon/mail/in/content/media_type.ts'

const NONE = {
  type: '',
  charset: undefined,
  format: undefined,
  delsp: undefined,
}

t.test('a Content-Type is taken apart', async t => {
  t.same(mediaType(''), NONE)
  t.same(mediaType('Text/HTML'), { ...NONE, type: 'text/html' })
  t.same(mediaType('text/plain; charset="UTF-8"; Format=Flowed; DelSp=Yes'), {
    ...NONE,
    type: 'text/plain',
    charset: 'UTF-8',
    format: 'flowed',
    delsp: 'yes',
  })
  t.same(mediaType('text/plain; x="a; charset=b"; charset=c; charset=d'), {
    ...NONE,
    type: 'text/plain',
    charset: 'c',
  })
  t.same(mediaType('text/plain; charset*0="utf-"; charset*1=8'), {
    ...NONE,
    type: 'text/plain',
    charset: 'utf-8',
  })
  t.same(mediaType('text/plain (a comment); charset'), { ...NONE, type: 'text/plain' })
  t.same(mediaType('text/plain charset=utf-8'), { ...NONE, type: 'text/plain' })
})
