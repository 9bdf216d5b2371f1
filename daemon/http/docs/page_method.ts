import { aboutOf, usagesOf } from '../../../handlers/command/usage.ts'
import type { Kind, Method } from '../../../handlers/method.ts'
import { curlOf, exampleAnswer, exampleResult, jsonCurl, mailOf, phpOf, pythonOf } from './example.ts'
import { type Html, html } from './html.ts'
import { fieldsOf, givesJson, openMethods, type Site } from './site.ts'

const names: ReadonlySet<string> = new Set(openMethods.map(({ name }) => name))

/** A text with the names of methods as links to them. */
export function linked(text: string): Html {
  const parts = text.split(/\b([a-z]+(?:_[a-z]+)+)\b/)
  return html`${parts.map(part => (names.has(part) ? methodLink(part) : html`${part}`))}`
}

export function methodLink(name: string): Html {
  return html`<a href="#method_${name}">${name}</a>`
}

/** The section about one method. */
export function methodSection(site: Site, method: Method): Html {
  const { name, summary, description, may } = method
  return html`
<section>
<h3 id="method_${name}"><a href="#method_${name}">${name}</a></h3>
<p>${summary} ${linked(description)}</p>
${may === 'admin' ? [html`<p class="for">For administrators.</p>`] : []}
${parameters(method)}
<h4>Response</h4>
<p>${response(method)}</p>
<h4>Example</h4>
<pre>${curlOf(site, method)}</pre>
<p>The response:</p>
<pre>${answerOf(method)}</pre>
${inJson(site, method)}
${folded('PHP', phpOf(site, method))}
${folded('Python', pythonOf(site, method))}
${mail(site, method)}
</section>`
}

function parameters(method: Method): Html {
  const fields = fieldsOf(method)
  if (fields.length === 0) return html`<p>This method has no parameters.</p>`
  return html`<h4>Parameters</h4>
<dl>${fields.map(parameter)}
</dl>`
}

function parameter([name, { about, rule, need }]: [string, Kind<unknown>]): Html {
  return html`
<dt><code>${name}</code> <small>${need === 'required' ? need : 'optional'}</small></dt>
<dd>${linked(aboutOf({ about, rule }))}</dd>`
}

function response(method: Method): Html {
  const { givesSchema, sends } = method
  if (sends)
    return html`<strong>The file</strong>, byte for byte, with its name in the header Content-Disposition.`
  if (givesSchema === undefined) return html`<strong>Plain text</strong>: a sentence for a person.`
  if (givesJson(method)) return html`<strong>JSON</strong>, like the example.`
  const what = givesSchema.type === 'integer' ? 'the ID in decimal digits' : 'the value'
  return html`<strong>Plain text</strong>: ${what}, and nothing else.`
}

function answerOf(method: Method): string {
  if (method.sends) return `(the bytes of the file: ${method.example.says})`
  const gives = exampleAnswer(method)
  return typeof gives === 'object' ? JSON.stringify(gives) : String(gives)
}

/** The example in JSON. */
function inJson(site: Site, method: Method): Html {
  return html`<details><summary>JSON</summary>
<pre>${jsonCurl(site, method)}</pre>
<p>The response:</p>
<pre>${method.sends ? answerOf(method) : JSON.stringify(exampleResult(method), null, 2)}</pre>
</details>`
}

function mail(site: Site, method: Method): Html {
  const example = mailOf(site, method)
  if (example === undefined) return html`<p>This method cannot be called by mail.</p>`
  const body = method.body ?? method.mailBody
  const usages = usagesOf(method).map((usage, at) => html`${at > 0 ? ' or ' : ''}<code>${usage}</code>`)
  return html`<details><summary>Mail</summary>
<pre>${example}</pre>
<p>The subject: ${usages}${body ? html`; the text of the mail is the <code>${body}</code>` : ''}.</p>
</details>`
}

function folded(name: string, text: string): Html {
  return html`<details><summary>${name}</summary>
<pre>${text}</pre>
</details>`
}
