// One thing: how a call is made, in the words of the page.
import { methods } from '../../../handlers/index.ts'
import { jsonCurl, phpOf, plainCurl, pythonOf, shortForm } from './example.ts'
import { type Html, html } from './html.ts'
import { linked, methodLink } from './page_method.ts'
import { methodUrl, openMethods, type Site, takesFiles, UPLOAD_FIELD } from './site.ts'

/** The parts of the section, for the contents. */
export const requestParts: readonly (readonly [id: string, title: string])[] = [
  ['request_login', 'Login'],
  ['request_body', 'Body'],
  ['request_repeat', 'Sending it again'],
  ['request_mail', 'By mail'],
]

export function requestSection(site: Site): Html {
  const hold = methods.get('hold_ticket')!
  const form = shortForm(hold)
  return html`<h2 id="request">Request Basics &amp; Authentication</h2>
<p>Every request is an HTTP POST. Any other verb is refused with <a href="#response">405</a>. A request has:</p>
<ol>
<li>a <em>method</em>: what is to be done;</li>
<li>a <em>user</em> and a <em>password</em> that are valid and active in this helpdesk. You may want a user of its own for your program;</li>
<li><em>data</em>: the parameters of the method, which differ from method to method and stand <a href="#methods">below</a>.</li>
</ol>
<p>POST to <code>${site.url}/api/METHOD/</code>, where METHOD is the name of <a href="#methods">a method</a>. The last slash may be left out.
The body has <code>user</code> and <code>password</code>, and the parameters beside them.</p>
<p>A request for ${methodLink(hold.name)} is:</p>
<ul>
<li>a POST to <code>${methodUrl(site, hold)}</code></li>
<li>with this data:
<ul>
${Object.entries({ user: 'susan', password: 'PASSWORD', ...form }).map(([name, text]) => html`<li><code>${name}=${text}</code></li>\n`)}</ul></li>
</ul>
<p>With cURL, on a command line:</p>
<pre>${plainCurl(site, hold, form)}</pre>
<p>cURL takes what stands behind <code>--data</code> as encoded already. With <code>--data-urlencode</code> it encodes the value itself,
as in the examples below.</p>
<p>In PHP, with its cURL extension:</p>
<pre>${phpOf(site, hold, form)}</pre>
<p>In Python:</p>
<pre>${pythonOf(site, hold, form)}</pre>
<p>When a request is refused, <code>urlopen</code> raises an <code>HTTPError</code>, and its <code>read()</code> gives the text.</p>
<p>In all examples, put a user of your own in place of <code>susan</code>, and the password of that user in place of <code>PASSWORD</code>.</p>
${requestParts.map(([id, title]) => html`<h3 id="${id}">${title}</h3>\n${parts[id]!(site)}\n`)}`
}

const parts: Readonly<Record<string, (site: Site) => Html>> = {
  request_login: () => html`<p>A request says who calls in one of these ways:</p>
<ul>
<li><code>user</code> and <code>password</code> in the body. <code>username</code> serves in place of <code>user</code> where the method has no parameter of that name.</li>
<li>HTTP Basic, with the same: <code>curl --user susan:PASSWORD</code>.</li>
<li>${linked('A token, which issue_token makes')}, as Bearer: <code>Authorization: Bearer TOKEN</code>. An old program can send it as its <code>password</code>.</li>
</ul>
<p>Send it unasked: no 401 ever asks for it. Too many wrong logins are answered with 429 for a while.</p>`,

  request_body:
    site => html`<p>The body is a form (<code>application/x-www-form-urlencoded</code> or <code>multipart/form-data</code>) or a JSON
object (<code>application/json</code>), in UTF-8, of at most 25 MiB:</p>
<pre>${jsonCurl(site, methods.get('hold_ticket')!)}</pre>
<ul>
<li>Each parameter is given once. An optional one may be left out or left empty.</li>
<li>Ids and other numbers are whole, in decimal digits. Yes and no are <code>y</code> and <code>n</code>. Days are <code>2026-12-31</code>. In JSON ids and
numbers may be numbers, and yes and no <code>true</code> and <code>false</code>; texts are always strings.</li>
<li>Texts may be as long as the body has room. HTML in them is kept as it stands.</li>
<li>Parameters that a method does not have are ignored, and named in the header <code>X-Ignored-Parameters</code> of the answer.</li>
<li>Files come in a <code>multipart/form-data</code> body, in the field <code>${UPLOAD_FIELD}</code>, which may be there several times:
<code>curl --form ticket=31794 --form ${UPLOAD_FIELD}=@screenshot.png</code> and so on. ${uploadMethods()} take them.</li>
</ul>`,

  request_repeat:
    () => html`<p>When a connection breaks off, nobody knows whether the request has arrived. So give each call a header
<code>Idempotency-Key</code>, of any 1 to 255 visible ASCII characters but <code>"</code>, with a new value, such as a UUID. Sent again with the same key within 24 hours,
it is done once, and gets the first answer again; only what is told once, as by ${methodLink('issue_token')}, is not told again but refused with 409. The same key with another call is refused with 400. What was refused is not kept:
mend it and send it again.</p>`,

  request_mail: ({
    mail,
  }) => html`<p>The same can be done by a mail to <a href="mailto:${mail}">${mail}</a>. Its subject is a command like
<code>${methods.get('hold_ticket')!.example.command}</code>, which stands with each method; the plain form,
<code>hold_ticket ticket=31794 reason="waiting for the part"</code>, does it for every method that can be called by mail. It is carried out when it is proven that it
comes from a user, and answered by a letter with the same sentence.</p>`,
}

function uploadMethods(): Html {
  const links = openMethods.filter(takesFiles).map(({ name }) => methodLink(name))
  const last = links.pop()!
  return html`${links.map(link => html`${link}, `)}and ${last}`
}
