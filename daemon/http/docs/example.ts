import { exampleCall } from '../../../handlers/command/command.ts'
import { jsonResult } from '../../../handlers/json_result.ts'
import { type Gives, isOpenAt, type Method } from '../../../handlers/method.ts'
import { inQuotes, quoted } from '../../shell_word.ts'
import { withStringIds } from '../string_ids.ts'
import { methodUrl, type Site } from './site.ts'

export type FormFields = Readonly<Record<string, string>>

/** The login in the examples, with a placeholder for the password. */
const LOGIN: FormFields = { user: 'susan', password: 'PASSWORD' }
const SENDER = 'susan@example.org'

/** The parameters of the example of a method, for a form. */
export function exampleForm(method: Method): FormFields {
  return exampleCall(method).params
}

/** The same for a JSON body, with numbers and booleans as such. */
export function exampleJson(method: Method): Readonly<Record<string, string | number | boolean>> {
  const pairs = Object.entries(exampleForm(method)).map(([name, text]) => {
    const { prepare, parse } = method.params[name]!
    // A kind with `prepare` does not use `parse`.
    const value = prepare ? text : parse(text)
    return [name, typeof value === 'number' || typeof value === 'boolean' ? value : text]
  })
  return Object.fromEntries(pairs)
}

/** The response to the example. */
export function exampleAnswer({ example: { says, gives = says }, stringIds }: Method): Gives {
  return stringIds ? withStringIds(gives) : gives
}

/** The response to the example in JSON; undefined if it is a file. */
export function exampleResult(method: Method): object | undefined {
  const { example, sends } = method
  return sends ? undefined : jsonResult(method, { gives: example.says, ...example })
}

/** The example with its required parameters only. */
export function shortForm(method: Method): FormFields {
  const pairs = Object.entries(exampleForm(method))
  return Object.fromEntries(pairs.filter(([name]) => method.params[name]!.need === 'required'))
}

/** As on the page of 2008: the text after --data is already encoded. */
export function plainCurl(site: Site, method: Method, form: FormFields): string {
  return curl(site, method, [`--data "${new URLSearchParams({ ...LOGIN, ...form })}"`])
}

export function jsonCurl(site: Site, method: Method): string {
  const body = JSON.stringify({ ...LOGIN, ...exampleJson(method) }, null, 2).replaceAll('\n', '\n  ')
  return curl(site, method, [`--header 'Content-Type: application/json'`, `--data ${inQuotes(body)}`])
}

/** The safest form for people: cURL encodes the values. */
export function curlOf(site: Site, method: Method, form: FormFields = exampleForm(method)): string {
  const fields = Object.entries({ ...LOGIN, ...form })
  return curl(
    site,
    method,
    fields.map(([name, text]) => `--data-urlencode ${inQuotes(`${name}=${text}`)}`),
  )
}

function curl(site: Site, method: Method, options: readonly string[]): string {
  return [`curl ${quoted(methodUrl(site, method))}`, ...options].join(' \\\n  ')
}

export function phpOf(site: Site, method: Method, form: FormFields = exampleForm(method)): string {
  const fields = Object.entries({ ...LOGIN, ...form })
  return [
    '<?php',
    `$api = curl_init(${inPhp(methodUrl(site, method))});`,
    'curl_setopt($api, CURLOPT_RETURNTRANSFER, true);',
    'curl_setopt($api, CURLOPT_POSTFIELDS, http_build_query([',
    ...fields.map(([name, text]) => `    ${inPhp(name)} => ${inPhp(text)},`),
    ']));',
    'echo curl_exec($api);',
  ].join('\n')
}

export function pythonOf(site: Site, method: Method, form: FormFields = exampleForm(method)): string {
  const fields = Object.entries({ ...LOGIN, ...form })
  return [
    ...(method.sends ? ['import sys'] : []),
    'from urllib.parse import urlencode',
    'from urllib.request import urlopen',
    '',
    'form = {',
    ...fields.map(([name, text]) => `    ${inPython(name)}: ${inPython(text)},`),
    '}',
    'data = urlencode(form).encode()',
    `with urlopen(${inPython(methodUrl(site, method))}, data) as response:`,
    method.sends ? '    sys.stdout.buffer.write(response.read())' : '    print(response.read().decode())',
  ].join('\n')
}

/** The mail of the example; undefined if the method cannot be called by mail. */
export function mailOf({ mail }: Site, method: Method): string | undefined {
  if (!isOpenAt(method, 'mail')) return undefined
  const { command, body = '' } = method.example
  return [`From: ${SENDER}`, `To: ${mail}`, `Subject: ${command}`, '', body].join('\n').trim()
}

/** A text as a literal of PHP. */
export function inPhp(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

/** The same of Python: a JSON string is also a Python string. */
export function inPython(text: string): string {
  return JSON.stringify(text)
}
