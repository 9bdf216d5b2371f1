import t from 'tap'
import { render } from '../../../../daemon/mail/out/letter.ts'
import { LetterWords } from '../../../../daemon/mail/out/letters/letter_words.ts'
import { signedIdsOf } from '../../../../daemon/mail/signed_ids.ts'
import { openKeys } from '../../../../data/secret.ts'
import type { Files } from '../../../../data/store.ts'
import { desk, QUEUE } from '../../../handlers/fixture.ts'
import { directoryFor, HELPDESK, quietEvents } from '../../../house.ts'

const MARIA = { address: 'maria@example.net', name: 'Maria Muster' }
const WRITTEN = '"Jöhn Doe" <jdöe@mächine.example>'

t.test(
  'letters to staff name the sender of a mail; nobody else gets the name that an outsider wrote',
  async t => {
    const { call, put, store, all } = await desk(t)
    await put('queues', {
      ...QUEUE,
      new_ticket_cc: ['cc@example.org'],
      updated_ticket_cc: ['all@example.org'],
    })
    const signedIds = signedIdsOf(await openKeys(directoryFor(t)), HELPDESK, [])
    const hours = { at: '09:00', time_zone: 'UTC' }
    const proofs = ['smtp-auth'] as const
    const site = {
      files: {} as Files,
      signedIds,
      mailAddress: HELPDESK,
      gone: new Set<string>(),
      attachUpTo: 0,
      hours,
      proofs,
      words: new LetterWords(),
      events: quietEvents(),
    }
    const texts = async () => {
      const told: Record<string, string> = {}
      for (const letter of await all('letters')) {
        const mail = await store.read(tx => render(tx, site, letter))
        told[`${letter.ticket} ${letter.event} ${letter.to}`] = String(mail!.text)
      }
      return told
    }
    const actor = { kind: 'submitter', ...MARIA, automatic: false } as const
    const by = { actor, door: 'mail' } as const
    const { gives: id } = await call('create_ticket', { queue: 1, title: 'x', submitter_email: MARIA }, by)
    await call('watch', { ticket: id as number, email: 'eve@example.net' })
    await call('add_followup', { ticket: id as number, message: 'More.', public: true }, by)
    const unknown = { address: null, name: WRITTEN }
    const other = { actor: { kind: 'submitter', ...unknown, automatic: true }, door: 'mail' } as const
    const { gives: second } = await call(
      'create_ticket',
      { queue: 1, title: 'y', submitter_email: unknown },
      other,
    )

    const told = await texts()
    t.match(told[`${id} opened cc@example.org`], /^From Maria Muster <maria@example\.net>$/m)
    t.match(told[`${id} followed_up all@example.org`], /^Maria Muster <maria@example\.net> wrote:/)
    t.match(told[`${id} followed_up eve@example.net`], /^The person who asked wrote:/)
    t.notMatch(told[`${id} opened maria@example.net`], /From|maria/)
    t.match(told[`${second} opened cc@example.org`], `\nFrom ${WRITTEN} (no usable address)\n`)
    for (const [what, text] of Object.entries(told))
      if (/maria@|eve@/.test(what)) t.notMatch(text, /Muster/, what)
  },
)
