import t from 'tap'
import { FRED, SUPPORT } from '../../../../house.ts'
import { asking, NO_CAPS, type Question, type Sent } from './asking.ts'

function alternative(text: string, html: string): Sent {
  return {
    more: 'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n',
    text: `--b\nContent-Type: text/plain; charset=utf-8\n\n${text}\n--b\nContent-Type: text/html; charset=utf-8\n\n${html}\n--b--\n`,
  }
}

function html(page: string): Sent {
  return { more: 'MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n', text: page }
}

function quoted(text: string): string {
  return text.trimEnd().replace(/^/gm, '> ')
}
function page(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('\n', '<br>\n')
}

/** A yes as these programs write it, with the letter below or above it. */
const PROGRAMS: Record<string, (letter: Question) => Sent> = {
  Gmail: ({ text }) =>
    alternative(
      `Yes\n\nOn Tue, Nov 24, 2026 at 10:00 AM Helpdesk <helpdesk@helpdesk.example> wrote:\n\n${quoted(text)}`,
      `<div dir="ltr">Yes</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, Nov 24, 2026 at 10:00 AM Helpdesk &lt;helpdesk@helpdesk.example&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px">${page(text)}</blockquote></div>`,
    ),
  'Gmail on a phone': ({ text }) => ({
    text: `yes\n\nOn Tue, 24 Nov 2026, 10:00 Helpdesk, <helpdesk@helpdesk.example> wrote:\n\n${quoted(text)}`,
  }),
  Outlook: ({ text }) =>
    html(
      `<html><body><div class="WordSection1"><p class="MsoNormal">Yes.<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">Fred Miller<br>Example Ltd<o:p></o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>From:</b> Helpdesk &lt;helpdesk@helpdesk.example&gt;<br><b>Sent:</b> Tuesday, 24 November 2026 10:00<br><b>To:</b> fred@example.org<br><b>Subject:</b> Confirm: hold 1<o:p></o:p></p></div><p class="MsoNormal">${page(text)}</p></div></body></html>`,
    ),
  'Outlook on a phone': ({ text }) => ({
    text: `YES\n\nGet Outlook for Android<https://example.com/>\n________________________________\nFrom: Helpdesk <helpdesk@helpdesk.example>\nSent: Tuesday, November 24, 2026 10:00:00 AM\nTo: fred@example.org <fred@example.org>\nSubject: Confirm: hold 1\n\n${text}`,
  }),
  'Apple Mail': ({ text }) => ({
    text: `Yes please!\n\n> On 24. Nov 2026, at 10:00, Helpdesk <helpdesk@helpdesk.example> wrote:\n> \n${quoted(text)}`,
  }),
  'an iPhone': ({ text }) =>
    alternative(
      `Yes\n\nSent from my iPhone\n\n> On 24. Nov 2026, at 10:00, Helpdesk <helpdesk@helpdesk.example> wrote:\n> \n${quoted(text)}`,
      `<html><body dir="auto">Yes<br><br><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On 24. Nov 2026, at 10:00, Helpdesk &lt;helpdesk@helpdesk.example&gt; wrote:<br><br></blockquote></div><blockquote type="cite">${page(text)}</blockquote></body></html>`,
    ),
  mutt: ({ text }) => ({
    text: `yes\n\nOn Tue, Nov 24, 2026 at 10:00:00AM +0000, Helpdesk wrote:\n${quoted(text)}\n\n-- \nFred Miller`,
  }),
  'mutt, below the quote': ({ text }) => ({
    text: `On Tue, Nov 24, 2026 at 10:00:00AM +0000, Helpdesk wrote:\n${quoted(text)}\n\nyes\n\n-- \nFred Miller`,
  }),
  'mutt, below a line of the quote': () => ({
    text: `On Tue, Nov 24, 2026 at 10:00:00AM +0000, Helpdesk wrote:\n> Nothing has been done yet. If you say yes, it will do this:\n\nyes\n`,
  }),
  'a program without quotes': () => ({ text: 'yes' }),
}

t.test('a yes counts as any mail program writes it', async t => {
  const its = await asking(t, NO_CAPS)
  for (const [name, answerTo] of Object.entries(PROGRAMS)) {
    const letter = await its.asked({ subject: 'hold 1: waiting for the part', to: SUPPORT })
    const { text = '', ...mail } = answerTo(letter)
    t.match(await its.answer(letter, text, mail), { verdict: 'confirmed', proof: 'confirm', user: 2 }, name)
    t.ok(await its.isHeld(1), name)
    t.match((await its.letterTo(FRED.address)).text, /^Ticket 1 is on hold\.\n/, name)
    await its.susan('unhold_ticket', { ticket: '1' })
  }
})
