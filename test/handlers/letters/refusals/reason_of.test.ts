import fc from 'fast-check'
import t from 'tap'
import { reasonOf } from '../../../../handlers/letters/refusals/reason_of.ts'
import { reasons } from '../../../../handlers/letters/refusals/reasons.ts'
import { runs } from '../../../runs.ts'

/** Replies as servers give them, each beside a word of the sentence. */
const us: readonly [string, RegExp][] = [
  ['554 5.2.252 SendAsDenied; desk@example.org not allowed to send as help@example.org', /from its address/],
  ['550 5.7.60 SMTP; Client does not have permissions to send as this sender', /from its address/],
  ['550 5.1.8 Access denied, bad outbound sender', /from its address/],
  ['553 5.7.1 <help@example.org>: Sender address rejected: not owned by user desk', /from its address/],
  ['554 Message rejected: Email address is not verified.', /from its address/],
  ['550 Sender verify failed', /from its address/],
  ['450 4.1.8 <help@example.org>: Sender address rejected: Domain not found', /from its address/],
  [
    '550 5.7.515 Access denied, sending domain example.org does not meet the required authentication level',
    /DMARC/,
  ],
  ['550-5.7.26 This mail has been blocked because the sender is unauthenticated.', /DMARC/],
  ['550 5.7.1 Unauthenticated email from example.org is not accepted due to domain DMARC policy.', /DMARC/],
  ['550 5.7.23 SPF validation failed', /DMARC/],
  ['550 5.7.68 TenantInboundAttribution; There is a partner connector configured', /other domains/],
  ['550 5.7.64 TenantAttribution; Relay Access Denied', /other domains/],
  ['554 5.7.1 <maria@example.org>: Relay access denied', /other domains/],
  ['550 5.7.1 Relaying denied', /other domains/],
  ['550 relay not permitted', /other domains/],
  ['550-5.7.1 Unable to 550 relay for maria', /other domains/],
  ['550 5.7.30 Basic authentication is not supported for Client Submission.', /login/],
  ['535 5.7.139 Authentication unsuccessful, the request did not meet the criteria', /login/],
  ['535-5.7.8 Username and Password not accepted. 535 5.7.8 Learn more', /login/],
  ['530 5.7.57 Client not authenticated to send mail.', /login/],
  ['530 5.7.0 Authentication Required.', /login/],
  ['535 Authentication Credentials Invalid', /login/],
  ['550 SMTP AUTH required', /login/],
  ['530 5.7.0 Must issue a STARTTLS command first', /TLS/],
  ['454 4.7.0 TLS is required', /TLS/],
  ['432 4.3.2 Concurrent connections limit exceeded', /more than/],
  ['454 Throttling failure: Maximum sending rate exceeded.', /more than/],
  ['550 5.4.5 Daily sending quota exceeded.', /more than/],
  ['450 4.7.1 Error: too much mail from 192.0.2.1', /more than/],
  ['550 5.7.1 Daily limit of messages reached', /more than/],
  ['450 4.2.0 <maria@example.org>: Recipient address rejected: Greylisted for 300 seconds', /second attempt/],
  ['451 4.7.1 Greylisting in action, please come back later', /second attempt/],
  [
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.dnsbl.example',
    /network address/,
  ],
  ['550 5.7.606 Access denied, banned sending IP [192.0.2.1]', /network address/],
  ['550 5.7.1 The IP has a poor reputation', /network address/],
  ['550 5.7.25 [192.0.2.1] The address has no matching PTR record', /network address/],
  ['550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP', /account/],
  ['550 5.7.705 Access denied, tenant has exceeded threshold', /account/],
  ['550 Your account has been suspended for spam', /account/],
  ['452 4.3.1 Insufficient system storage', /itself/],
]
const others: readonly [NonNullable<ReturnType<typeof reasonOf>>['blames'] | undefined, string][] = [
  [
    'recipient',
    '550 5.1.1 <maria@example.org>: Recipient address rejected: User unknown in relay recipient table',
  ],
  ['recipient', '550-5.1.1 The account that you tried to reach does not exist.'],
  ['recipient', '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient maria@example.org not found'],
  ['recipient', '550 Unrouteable address'],
  ['recipient', '550 no such mailbox'],
  ['recipient', '550 5.4.1 Recipient address rejected: Access denied.'],
  ['recipient', '552 5.2.2 The mailbox is full'],
  ['recipient', '452-4.2.2 The account is over quota'],
  ['recipient', '550 5.2.1 The account that you tried to reach is disabled.'],
  ['recipient', '550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required'],
  ['recipient', '550 5.7.129 RESOLVER.RST.RecipientRestricted'],
  // The address is not the reason.
  ['recipient', '550 5.1.0 <relaying denied@evil.example> <relay-access-denied@evil.example>: no such user'],
  [undefined, '550 <greylist@evil.example> https://evil.example/spamhaus/blacklist gone'],
  ['letter', '552 5.3.4 Message size exceeds fixed limit'],
  ['letter', '552-5.7.0 This message presents a potential security issue.'],
  ['letter', '550 Virus found'],
  ['unsure', '554 5.7.1 Spam message rejected'],
  ['unsure', '550 5.7.1 This message violates the email policy of example.org'],
  ['unsure', '550 5.7.99 no'],
  ['unsure', '502 what'],
  [undefined, '550 go away'],
  [undefined, '554 Transaction failed'],
  [undefined, '451 later'],
  [undefined, ''],
]

t.test('a refusal of us is told from a refusal of the recipient or of the letter', async t => {
  for (const [reply, says] of us) {
    t.equal(reasonOf(reply)?.blames, 'us', reply)
    t.match(reasonOf(reply)?.says, says, reply)
  }
  for (const [blames, reply] of others) t.equal(reasonOf(reply)?.blames, blames, reply)
})

t.test('each code and phrase is in one line of the table', async t => {
  for (const [field, between] of [
    ['codes', ' '],
    ['phrases', ','],
  ] as const) {
    const all = reasons.flatMap(reason => reason[field].split(between).map(one => one.trim())).filter(Boolean)
    t.same(
      all.filter((one, at) => all.indexOf(one) !== at),
      [],
    )
  }
})

t.test('anything that a server may say has a reason or none', async () => {
  fc.assert(
    fc.property(fc.string(), words => reasonOf(words) === undefined || reasons.includes(reasonOf(words)!)),
    runs(200),
  )
})
