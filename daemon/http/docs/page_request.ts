// One thing: how a call is made, as the API page explains it.
import { codes } from '../../../data/failure.ts'
import { methods } from '../../../handlers/index.ts'
import { INTERNAL } from '../refusal.ts'
import { UPLOAD_FIELD } from '../upload_field.ts'
import { exampleResult, jsonCurl, phpOf, plainCurl, pythonOf, shortForm } from './example.ts'
import { type Html, html } from './html.ts'
import { phpClient, pythonClient } from './json_clients.ts'
import { linked, methodLink } from './page_method.ts'
import { methodUrl, openMethods, type Site, takesFiles } from './site.ts'

/** The parts of this section, for the table of contents. */
export const requestParts: readonly (readonly [id: string, title: string])[] = [
  ['request_login', 'Login'],
  ['request_body', 'Body'],
  ['request_json', 'JSON'],
  ['request_repeat', 'Repeating a request'],
  ['request_mail', 'By mail'],
]

export function requestSection(site: Site): Html {
  const hold = methods.get('hold_ticket')!
  const form = shortForm(hold)
  return html`<h2 id="request">Request Basics &amp; Authentication</h2>
<p>Every request is an HTTP POST. Any other verb is refused with <a href="#response">405</a>. A request has:</p>
<ol>
<li>a <em>method</em>, which says what to do;</li>
<li>a <em>user</em> and a <em>password</em> that are valid and active in this helpdesk. You may want to add a separate user for your program;</li>
<li><em>data</em>: the parameters of the method, which are listed <a href="#methods">below</a>.</li>
</ol>
<p>Send the POST to <code>${site.url}/api/METHOD/</code>, where METHOD is the name of <a href="#methods">a method</a>. The last slash is optional.
The body contains <code>user</code> and <code>password</code> together with the parameters.</p>
<p>A request for ${methodLink(hold.name)} is:</p>
<ul>
<li>a POST to <code>${methodUrl(site, hold)}</code></li>
<li>with this data:
<ul>
${Object.entries({ user: 'susan', password: 'PASSWORD', ...form }).map(([name, text]) => html`<li><code>${name}=${text}</code></li>\n`)}</ul></li>
</ul>
<p>With cURL, on a command line:</p>
<pre>${plainCurl(site, hold, form)}</pre>
<p>cURL sends the text after <code>--data</code> as it is, so it must be URL-encoded already. With <code>--data-urlencode</code>, cURL encodes the
value itself, as in the examples below.</p>
<p>In PHP, with its cURL extension:</p>
<pre>${phpOf(site, hold, form)}</pre>
<p>In Python:</p>
<pre>${pythonOf(site, hold, form)}</pre>
<p>When a request is refused, <code>urlopen</code> raises an <code>HTTPError</code>; its <code>read()</code> returns the text.</p>
<p>In all examples, replace <code>susan</code> with a user of your own, and <code>PASSWORD</code> with the password of that user.</p>
${requestParts.map(([id, title]) => html`<h3 id="${id}">${title}</h3>\n${parts[id]!(site)}\n`)}`
}

const parts: Readonly<Record<string, (site: Site) => Html>> = {
  request_login: () => html`<p>A request has its login in one of these forms:</p>
<ul>
<li><code>user</code> and <code>password</code> in the body. <code>username</code> can replace <code>user</code> if the method has no parameter of that name.</li>
<li>HTTP Basic, with the same two: <code>curl --user susan:PASSWORD</code>.</li>
<li>${linked('A token from issue_token')}, as a Bearer token: <code>Authorization: Bearer TOKEN</code>. An old program can send it as <code>password</code>.</li>
</ul>
<p>Send the login with every request: there is no 401 response that asks for it. After too many failed logins, the response is 429 for a while.</p>`,

  request_body:
    () => html`<p>The body is a form (<code>application/x-www-form-urlencoded</code> or <code>multipart/form-data</code>) or a JSON
object (<a href="#request_json"><code>application/json</code></a>), in UTF-8, of at most 25 MiB:</p>
<ul>
<li>Send each parameter once. You may leave out an optional parameter, or leave it empty.</li>
<li>IDs and other numbers are integers in decimal digits. Booleans are <code>y</code> and <code>n</code>, or <code>true</code> and <code>false</code>.
Dates look like <code>2026-12-31</code>.</li>
<li>A ticket can also be named by the <code>reference</code> that it was given at ${methodLink('create_ticket')}: <code>ticket=ref:INV-7</code>.
One call can name up to 50 tickets, <code>ticket=5,7,9-12</code>: all of them change, or none.</li>
<li>Texts may be as long as the body allows. HTML in them is kept unchanged.</li>
<li>Parameters that a method does not have are ignored, and named in the header <code>X-Ignored-Parameters</code> of the response. With
the header <code>Prefer: handling=strict</code>, they are refused with 400.</li>
<li>Send files in a <code>multipart/form-data</code> body, in the field <code>${UPLOAD_FIELD}</code>, which may occur several times:
<code>curl --form ticket=31794 --form ${UPLOAD_FIELD}=@screenshot.png</code> and so on. ${uploadMethods()} accept files.</li>
</ul>`,

  request_json:
    site => html`<p>If the body is a JSON object, or the header <code>Accept</code> names <code>application/json</code>, the response is
in JSON. For example:</p>
<pre>${jsonCurl(site, methods.get('create_ticket')!)}</pre>
<pre>${JSON.stringify(exampleResult(methods.get('create_ticket')!))}</pre>
<ul>
<li>In the body, IDs and other numbers are numbers, booleans are <code>true</code> and <code>false</code>, and anything else is a string. A ticket is a
number, or a string like <code>"ref:INV-7"</code>.</li>
<li>Files are a list in the field <code>${UPLOAD_FIELD}</code>:
<code>[{"filename": "fuse.txt", "mime_type": "text/plain", "content": "ZnVzZQo="}]</code>, with their bytes in base64.</li>
<li>A result is always one object. <code>says</code> is the sentence for a person, and the other fields are the result itself. If a call asks about
several tickets, <code>results</code> is a list with an object for each.</li>
<li>A refusal is a problem document, <code>application/problem+json</code> (RFC 9457). <code>detail</code> is the sentence, <code>code</code> is the kind of
refusal, <code>parameter</code> is the parameter to blame, if it is one, and <code>request</code> is the ID of the request in the log:
<code>{"type":"about:blank","title":"Not Found","status":404,"detail":"There is no ticket 9.","code":"not_found","parameter":"ticket","request":"5fbc07b6c1-1"}</code></li>
<li>The codes are ${codeList()}.</li>
</ul>
<p>A client in Python:</p>
<pre>${pythonClient(site)}</pre>
<p>A client in PHP:</p>
<pre>${phpClient(site)}</pre>
<p>Tools such as openapi-typescript and @hey-api/openapi-ts generate clients from <a href="${site.url}/api/openapi.json">openapi.json</a>.</p>`,

  request_repeat:
    () => html`<p>When a connection fails, you cannot know whether the request was carried out. So send each call with a header
<code>Idempotency-Key</code>: 1 to 255 visible ASCII characters other than <code>"</code>, a new value for each call, such as a UUID. If you send the
same call with the same key again within 24 hours, it is carried out only once, and you get the first response again. A token is shown only once:
a repeat of ${methodLink('issue_token')} is refused with 409. The same key with another call is refused with 400. The key of a refused call is not
remembered: correct the call and send it again.</p>`,

  request_mail: ({
    mail,
  }) => html`<p>You can also send a command by mail to <a href="mailto:${mail}">${mail}</a>. The subject of the mail is the command, like
<code>${methods.get('hold_ticket')!.example.command}</code>; each method below has an example. The plain form,
<code>hold_ticket ticket=31794 reason="waiting for the part"</code>, works for every method that can be called by mail. The command is carried out
if the mail is proven to come from a user, and a letter with the same sentence answers it.</p>`,
}

function codeList(): Html {
  return html`${[...codes, INTERNAL].map((code, at) => html`${at > 0 ? ', ' : ''}<code>${code}</code>`)}`
}

function uploadMethods(): Html {
  const links = openMethods.filter(takesFiles).map(({ name }) => methodLink(name))
  const last = links.pop()!
  return html`${links.map(link => html`${link}, `)}and ${last}`
}
