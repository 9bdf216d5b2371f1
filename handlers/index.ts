import add_followup from './add_followup.ts'
import add_queue from './add_queue.ts'
import add_user from './add_user.ts'
import change_queue from './change_queue.ts'
import change_user from './change_user.ts'
import create_ticket from './create_ticket.ts'
import delete_ticket from './delete_ticket.ts'
import find_user from './find_user.ts'
import get_attachment from './get_attachment.ts'
import { type Grammar, grammarsOf } from './grammar.ts'
import { help } from './help.ts'
import hold_ticket from './hold_ticket.ts'
import { issue_token } from './issue_token.ts'
import list_attachments from './list_attachments.ts'
import list_held_back from './list_held_back.ts'
import list_queues from './list_queues.ts'
import list_tokens from './list_tokens.ts'
import list_users from './list_users.ts'
import type { Methods } from './method.ts'
import report_letter from './report_letter.ts'
import resolve from './resolve.ts'
import revoke_token from './revoke_token.ts'
import set_password from './set_password.ts'
import unhold_ticket from './unhold_ticket.ts'

const others = [
  create_ticket,
  delete_ticket,
  hold_ticket,
  unhold_ticket,
  add_followup,
  resolve,
  list_attachments,
  get_attachment,
  list_queues,
  find_user,
  add_user,
  change_user,
  set_password,
  list_tokens,
  revoke_token,
  list_users,
  add_queue,
  change_queue,
  list_held_back,
  report_letter,
]
const known = [...others, issue_token(others)]
const table = [...known, help(known)]

/** The method table, in the order in which help shows it. */
export const methods: Methods = new Map(table.map(method => [method.name, method]))
export const grammars: readonly Grammar[] = grammarsOf(table)
