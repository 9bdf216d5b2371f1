import { createHash } from 'node:crypto'
import type { Reply } from '../answer.ts'
import { type Html, html } from './html.ts'
import { STYLE } from './style.ts'

/** A browser may only show the page with its own style (CSP Level 3; the hash is of the bytes of the style). */
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

/** The text of a style element is not escaped. */
const STYLE_ITSELF: Html = { html: STYLE }

/** A page with this title and body; `more` goes into its head. */
export function framed(title: string, body: Html, more: Html = html``): Reply {
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${more}<title>${title}</title>
<style>${STYLE_ITSELF}</style>
</head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`
  return { status: 200, body: page.html, headers: HEADERS }
}
