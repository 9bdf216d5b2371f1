import { createHash } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Reply } from '../answer.ts'
import { httpStatuses } from '../statuses.ts'
import { type Html, html } from './html.ts'
import { methodLink, methodSection } from './page_method.ts'
import { requestParts, requestSection } from './page_request.ts'
import { openMethods, type Site } from './site.ts'
import { STYLE } from './style.ts'

const TITLE = 'Helpdesk API'

/** What a browser may do with the page: show it, with its own style, and no more (CSP Level 3; the hash is of the style's bytes). */
const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
}

/** The API page: what the spec of 2008 tells, in its order and with its anchors, of the methods that there are. */
export function pageOf(site: Site): Reply {
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${TITLE}</title>
<style>${STYLE_ITSELF}</style>
</head>
<body>
<h1>${TITLE}</h1>
${contents()}
${introduction(site)}
${requestSection(site)}
${responses()}
<h2 id="methods">Method Documentation</h2>
<p>Each of these methods needs <a href="#request">a valid request and login</a>, and has parameters of its own.</p>
${methodList()}
${openMethods.map(method => methodSection(site, method))}
</body>
</html>
`
  return { status: 200, body: page.html, headers: HEADERS }
}

/** In a style element nothing is escaped. */
const STYLE_ITSELF: Html = { html: STYLE }

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
<p>With this <abbr title="Application Programming Interface">API</abbr> your programs work with the tickets of this helpdesk, in ways that it
does not offer by itself.</p>
<p>For example, your invoicing system can open a ticket whenever an invoice is raised, or an instant messenger can close one.</p>
<p>What you use it for is up to you: for most purposes a few lines of code are enough. Tools find all this as OpenAPI 3.1 at
<a href="${openapi}">${openapi}</a>.</p>`
}

function responses(): Html {
  return html`<h2 id="response">Responses</h2>
<p>The status of a response says how it went:</p>
<dl>${[...httpStatuses].map(
    ([status, about]) => html`
<dt>${status} ${STATUS_CODES[status]!}</dt>
<dd>${about}</dd>`,
  )}
</dl>
<p>A request that is refused with 4xx has changed nothing. Its text says what was wrong and what to do.</p>
<p>Responses have one of these content types, and no line feed at their end:</p>
<dl>
<dt>text/plain; charset=utf-8</dt>
<dd>Every refusal, and simple answers: a sentence, or bare digits such as a ticket ID.</dd>
<dt>text/json</dt>
<dd>Whatever else: a list, for example. All of it is in ASCII.</dd>
<dt>application/octet-stream</dt>
<dd>A file that was asked for, byte for byte.</dd>
</dl>`
}
