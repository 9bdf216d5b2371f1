import { STATUS_CODES } from 'node:http'
import type { Reply } from '../answer.ts'
import { httpStatuses } from '../statuses.ts'
import { framed } from './frame.ts'
import { type Html, html } from './html.ts'
import { methodLink, methodSection } from './page_method.ts'
import { requestParts, requestSection } from './page_request.ts'
import { openMethods, type Site } from './site.ts'

const TITLE = 'Helpdesk API'

/** The API page: the page of 2008, in its order and with its anchors, for the methods of today. */
export function pageOf(site: Site): Reply {
  return framed(
    TITLE,
    html`${contents()}
${introduction(site)}
${requestSection(site)}
${responses()}
<h2 id="methods">Method Documentation</h2>
<p>Each of these methods requires <a href="#request">a valid request and login</a>, and has its own parameters.</p>
${methodList()}
${openMethods.map(method => methodSection(site, method))}`,
  )
}

function contents(): Html {
  return html`<h2 id="contents">Contents</h2>
<ul>
<li><a href="#introduction">Introduction</a></li>
<li><a href="#request">Request Basics &amp; Authentication</a>
<ul>
${requestParts.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ul></li>
<li><a href="#response">Responses</a></li>
<li><a href="#methods">Method Documentation</a>
${methodList()}</li>
</ul>`
}

function methodList(): Html {
  return html`<ul class="methods">
${openMethods.map(({ name }) => html`<li>${methodLink(name)}</li>\n`)}</ul>`
}

function introduction({ url }: Site): Html {
  const openapi = `${url}/api/openapi.json`
  return html`<h2 id="introduction">Introduction</h2>
<p>With this <abbr title="Application Programming Interface">API</abbr>, your programs can work with the tickets of this helpdesk in ways
that the helpdesk itself does not offer.</p>
<p>For example, your invoicing system can open a ticket whenever an invoice is raised, or an instant messenger can close one.</p>
<p>What you use it for is up to you: for most purposes, a few lines of code are enough. For tools, the same is available as OpenAPI 3.1 at
<a href="${openapi}">${openapi}</a>.</p>`
}

function responses(): Html {
  return html`<h2 id="response">Responses</h2>
<p>The status of a response says how the call went:</p>
<dl>${[...httpStatuses].map(
    ([status, about]) => html`
<dt>${status} ${STATUS_CODES[status]!}</dt>
<dd>${about}</dd>`,
  )}
</dl>
<p>A request with a 4xx response has changed nothing. The text of the response says what was wrong and what to do.</p>
<p>A response has one of these content types. There is no line feed at its end.</p>
<dl>
<dt>text/plain; charset=utf-8</dt>
<dd>Error messages, and simple responses: a sentence, or only the digits of a ticket ID, for example.</dd>
<dt>text/json</dt>
<dd>Complex responses, such as a list of data. They are in ASCII.</dd>
<dt>application/json and application/problem+json</dt>
<dd>Results and error messages for a request that <a href="#request_json">wants JSON</a>. They are in UTF-8.</dd>
<dt>application/octet-stream</dt>
<dd>A file, byte for byte.</dd>
</dl>`
}
