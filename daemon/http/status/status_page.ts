import { momentWords } from '../../../handlers/mails/mail_listing.ts'
import { type QueueCounts, ticketColumns } from '../../status/queue_counts.ts'
import { runningText, statusRows } from '../../status/rows.ts'
import type { SiteStatus } from '../../status/site_status.ts'
import type { Reply } from '../answer.ts'
import { framed } from '../docs/frame.ts'
import { type Html, html } from '../docs/html.ts'

const TITLE = 'Helpdesk status'
/** The page loads itself again, without a script. */
const RELOAD = html`<meta http-equiv="refresh" content="30">\n`

/** The page for administrators: what `helpdeskd status` shows, with all warnings and all queues. */
export function pageOfStatus(status: SiteStatus): Reply {
  return framed(
    TITLE,
    html`<p>${runningText(status)} <small>${momentWords(status.now)}</small></p>
${warningList(status.warnings)}
${ticketTable(status.queues)}
<h2>Service</h2>
<dl>${statusRows(status).map(([about, text]) => html`\n<dt>${about}</dt>\n<dd>${text}</dd>`)}
</dl>`,
    RELOAD,
  )
}

/** The page for other users. */
export function pageOfQueues(queues: readonly QueueCounts[]): Reply {
  return framed(TITLE, ticketTable(queues), RELOAD)
}

function warningList(warnings: readonly string[]): Html {
  if (warnings.length === 0) return html`<p>Nothing needs attention.</p>`
  return html`<ul class="warnings">${warnings.map(text => html`\n<li>${text}</li>`)}\n</ul>`
}

function ticketTable(queues: readonly QueueCounts[]): Html {
  return html`<h2>Tickets</h2>
<table>
<tr><th>queue</th>${ticketColumns.map(([, heading]) => html`<th>${heading}</th>`)}</tr>${queues.map(
    queue => html`
<tr><td>${queue.title}</td>${ticketColumns.map(([field]) => html`<td>${queue[field]}</td>`)}</tr>`,
  )}
</table>`
}
