import { type Grammar, grammarsOf } from './command/grammar.ts'
import type { Methods } from './method.ts'
import add_exclusion from './methods/add_exclusion.ts'
import add_followup from './methods/add_followup.ts'
import add_ignore from './methods/add_ignore.ts'
import add_queue from './methods/add_queue.ts'
import add_user from './methods/add_user.ts'
import answer_resolution from './methods/answer_resolution.ts'
import assign from './methods/assign.ts'
import change_queue from './methods/change_queue.ts'
import change_user from './methods/change_user.ts'
import clear_address from './methods/clear_address.ts'
import close from './methods/close.ts'
import create_ticket from './methods/create_ticket.ts'
import delete_ticket from './methods/delete_ticket.ts'
import drop_letter from './methods/drop_letter.ts'
import escalate from './methods/escalate.ts'
import escalation from './methods/escalation.ts'
import find_user from './methods/find_user.ts'
import get_attachment from './methods/get_attachment.ts'
import get_letter from './methods/get_letter.ts'
import get_original from './methods/get_original.ts'
import get_ticket from './methods/get_ticket.ts'
import { type Topic, withHelp } from './methods/help.ts'
import history from './methods/history.ts'
import hold_ticket from './methods/hold_ticket.ts'
import import_exclusions from './methods/import_exclusions.ts'
import { issue_token } from './methods/issue_token.ts'
import letters from './methods/letters.ts'
import list_attachments from './methods/list_attachments.ts'
import list_exclusions from './methods/list_exclusions.ts'
import list_failing from './methods/list_failing.ts'
import list_held_back from './methods/list_held_back.ts'
import list_ignores from './methods/list_ignores.ts'
import list_mine from './methods/list_mine.ts'
import list_queues from './methods/list_queues.ts'
import list_tickets from './methods/list_tickets.ts'
import list_tokens from './methods/list_tokens.ts'
import list_users from './methods/list_users.ts'
import mails from './methods/mails.ts'
import mark_duplicate from './methods/mark_duplicate.ts'
import move from './methods/move.ts'
import next from './methods/next.ts'
import redact from './methods/redact.ts'
import remove_exclusion from './methods/remove_exclusion.ts'
import remove_ignore from './methods/remove_ignore.ts'
import reopen from './methods/reopen.ts'
import report from './methods/report.ts'
import report_letter from './methods/report_letter.ts'
import resolve from './methods/resolve.ts'
import resolve_like from './methods/resolve_like.ts'
import retry_failed from './methods/retry_failed.ts'
import retry_letter from './methods/retry_letter.ts'
import revoke_token from './methods/revoke_token.ts'
import send_status from './methods/send_status.ts'
import set_due from './methods/set_due.ts'
import set_notify from './methods/set_notify.ts'
import set_password from './methods/set_password.ts'
import set_priority from './methods/set_priority.ts'
import set_submitter from './methods/set_submitter.ts'
import set_title from './methods/set_title.ts'
import stop_watching from './methods/stop_watching.ts'
import take from './methods/take.ts'
import unhold_ticket from './methods/unhold_ticket.ts'
import unwatch from './methods/unwatch.ts'
import watch from './methods/watch.ts'
import whoami from './methods/whoami.ts'
import why from './methods/why.ts'

const others: readonly Topic[] = [
  {
    name: 'tickets',
    methods: [
      list_tickets,
      list_mine,
      get_ticket,
      next,
      create_ticket,
      delete_ticket,
      resolve,
      resolve_like,
      reopen,
      close,
      mark_duplicate,
      set_priority,
      set_title,
      assign,
      take,
      move,
      history,
    ],
  },
  { name: 'texts', methods: [add_followup, redact, list_attachments, get_attachment, get_original] },
  {
    name: 'time',
    methods: [
      hold_ticket,
      unhold_ticket,
      set_due,
      escalation,
      report,
      list_exclusions,
      add_exclusion,
      remove_exclusion,
      import_exclusions,
      escalate,
    ],
  },
  { name: 'people', methods: [set_submitter, watch, unwatch, stop_watching, answer_resolution, send_status] },
  { name: 'queue', methods: [list_queues, add_queue, change_queue] },
  {
    name: 'mail',
    methods: [
      mails,
      why,
      list_ignores,
      add_ignore,
      remove_ignore,
      letters,
      get_letter,
      retry_letter,
      retry_failed,
      drop_letter,
      report_letter,
      list_held_back,
      list_failing,
      clear_address,
    ],
  },
]
const logins = [
  find_user,
  whoami,
  set_notify,
  list_users,
  add_user,
  change_user,
  set_password,
  list_tokens,
  revoke_token,
]
/** The methods that a token may be limited to. */
const callable = [...others.flatMap(({ methods }) => methods), ...logins]

/** The method table by topic, in the order in which help shows it. */
export const topics = withHelp([...others, { name: 'logins', methods: [...logins, issue_token(callable)] }])
const table = topics.flatMap(topic => topic.methods)
export const methods: Methods = new Map(table.map(method => [method.name, method]))
export const grammars: readonly Grammar[] = grammarsOf(table)
