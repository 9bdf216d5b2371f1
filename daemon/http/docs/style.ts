/** The style of all pages: the fonts of the system, light or dark, for any width. */
export const STYLE = `
:root { color-scheme: light dark; --text: #222; --faint: #666; --ground: #fff; --box: #f4f5f7; --line: #dcdfe4; --link: #0b57a4; }
@media (prefers-color-scheme: dark) {
  :root { --text: #dcdfe4; --faint: #9aa1ab; --ground: #16181c; --box: #1f2329; --line: #343a43; --link: #7db8f5; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 48rem; padding: 1.5rem 1rem 5rem; background: var(--ground); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word; }
h1, h2, h3, h4 { line-height: 1.25; margin: 2rem 0 .5rem; }
h1 { margin-top: 0; }
h2 { margin-top: 3.5rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
section > h3 { margin-top: 3rem; font-family: ui-monospace, monospace; }
h4 { margin-top: 1.25rem; font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; color: var(--faint); }
p, ul, ol, dl, pre, details { margin: .5rem 0; }
a { color: var(--link); text-decoration-thickness: from-font; text-underline-offset: .15em; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
ul, ol { padding-left: 1.4rem; }
.methods { columns: 13rem; }
code, pre { font: .9em/1.5 ui-monospace, monospace; }
code { overflow-wrap: anywhere; }
pre { background: var(--box); border: 1px solid var(--line); border-radius: .4rem; padding: .7rem .9rem; overflow-x: auto; }
dt { margin-top: .5rem; font-weight: 600; }
dd { margin: 0 0 0 1.4rem; }
dt small, .for { font-weight: 400; font-size: .85em; color: var(--faint); }
table { border-collapse: collapse; margin: .5rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 0; text-align: left; overflow-wrap: anywhere; }
.warnings { padding: .7rem .9rem .7rem 2.3rem; background: var(--box); border-left: .3rem solid #c0392b; }
summary { cursor: pointer; color: var(--faint); }
`
