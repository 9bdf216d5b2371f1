import t from 'tap'
import { mediaType } from '../../../../../daemon/mail/in/content/media_type.ts'

const NONE = {
  type: '',
  charset: undefined,
  format: undefined,
  delsp: undefined,
  boundary: undefined,
  name: undefined,
  method: undefined,
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
  t.same(mediaType('multipart/mixed; boundary="=_Part; 1"'), {
    ...NONE,
    type: 'multipart/mixed',
    boundary: '=_Part; 1',
  })
  t.same(mediaType('multipart/mixed; boundary*0="a:"; boundary*1=b'), {
    ...NONE,
    type: 'multipart/mixed',
    boundary: 'a:b',
  })
  t.same(mediaType('text/calendar; method=REQUEST; name=a.ics; name=b.ics'), {
    ...NONE,
    type: 'text/calendar',
    method: 'request',
    name: 'a.ics',
  })
  t.same(mediaType('text/plain (a comment); charset'), { ...NONE, type: 'text/plain' })
  t.same(mediaType('text/plain charset=utf-8'), { ...NONE, type: 'text/plain' })
})
