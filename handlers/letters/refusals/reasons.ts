// One thing: the table of what mail servers mean when they refuse a letter.
/** Why a letter was refused. */
export interface RefusalReason {
  /**
   * `us`: the sender, whatever the letter, so no letter fails for it. `recipient`: this address. `letter`: what this letter has in it.
   * `unsure`: the letter or us.
   */
  readonly blames: 'us' | 'recipient' | 'letter' | 'unsure'
  /** Reply codes and enhanced status codes, with blanks between them; an `x` stands for any digit. */
  readonly codes: string
  /** In lower case, with commas between them. */
  readonly phrases: string
  /** One or two sentences for a person. */
  readonly says: string
}

/**
 * The first line that fits counts; `reasonOf` says how. Sources: RFC 3463, 4954, 5248, 7372 and 7505, and what Exchange Online, Google,
 * Amazon SES, Postfix and Exim document.
 */
export const reasons: readonly RefusalReason[] = [
  {
    blames: 'recipient',
    codes: '5.7.12 5.7.13 5.7.12x 5.7.130 5.7.131 5.7.132 5.7.133 5.7.134 5.7.136',
    phrases: 'recipientrestricted, not allowed to send to this, restricted to members',
    says: 'The recipient takes mail from certain senders only.',
  },
  {
    blames: 'us',
    codes: '5.7.10 5.7.11 4.7.10 523',
    phrases: 'starttls, tls is required, tls required, encryption required, must use tls',
    says: 'The smarthost takes letters over TLS only. Set smarthost.require_tls, or a port with TLS in smarthost.url.',
  },
  {
    blames: 'us',
    codes: '530 534 535 538 5.7.3 5.7.8 5.7.9 4.7.8 4.7.12 5.7.14 5.7.30 5.7.57 5.7.139',
    phrases: `
      authentication required, authentication is required, authentication failed,
      authentication unsuccessful, authentication needed, authentication not enabled,
      basic authentication is not supported, auth required, must authenticate, must be authenticated,
      authenticate first, please authenticate, log in first, login first, please log in, not logged in,
      not authenticated, unauthenticated sender, invalid login, invalid credentials,
      password not accepted, bad username or password`,
    says: 'The smarthost does not accept the login of the helpdesk. Check the username and the password of the smarthost.',
  },
  {
    blames: 'us',
    codes: '5.1.7 5.1.8 5.2.252 5.7.60 5.7.750',
    phrases: `
      sendasdenied, not allowed to send as, permissions to send as, permission to send as,
      sender address rejected, sender address is not allowed, sender address not allowed,
      sender address is not owned, sender rejected, sender denied, sender verify failed,
      sender verification failed, sender is not allowed, sender not allowed, sender not authorized,
      sender is not authorized, not owned by user, address is not verified, identities failed the check,
      from address is not, from address not, domain is not verified, domain not verified,
      domain is not allowed to send, not a verified sender, does not match the login, bad outbound sender`,
    says: 'The smarthost does not let the helpdesk send from its address. Allow mail.address and the addresses of the queues there.',
  },
  {
    blames: 'us',
    codes: '5.7.64 5.7.68',
    phrases: `
      relaying denied, relay denied, relay access denied, relaying is denied, relay not permitted,
      relaying not permitted, relay not allowed, relaying not allowed, relaying is not allowed,
      relaying prohibited, unable to relay, not permitted to relay, not allowed to relay,
      not authorized to relay, cannot relay, refused to relay, tenantattribution, tenantinboundattribution`,
    says: 'The smarthost does not take letters to other domains from the helpdesk. Let it relay for this machine, or give smarthost.url a login.',
  },
  {
    blames: 'us',
    codes: '5.7.20 5.7.21 5.7.22 5.7.23 5.7.24 5.7.26 5.7.27 4.7.26 4.7.27 5.7.509 5.7.515',
    phrases: `
      dmarc, dkim, spf check, spf fail, spf validation, failed spf, not pass spf, violates spf,
      email is unauthenticated, mail is unauthenticated, unauthenticated email,
      required authentication level, authentication requirements`,
    says: 'The domain of the helpdesk does not pass the checks for forged senders. Check its SPF, DKIM and DMARC records.',
  },
  {
    blames: 'us',
    codes: '5.7.25 4.7.25 5.7.50x 5.7.51x 5.7.606 5.7.6xx 4.7.6xx 5.7.511',
    phrases: `
      blacklist, black list, blocklist, block list, blocked using, dnsbl, spamhaus, spamcop, reputation,
      client host rejected, client host blocked, helo command rejected, cannot find your hostname,
      cannot find your reverse hostname, reverse dns, ptr record, banned sending ip,
      ip address has been blocked, ip address is blocked, ip has been blocked, your ip,
      your network is on, originating from your`,
    says: 'The network address or the domain that the letters come from is blocked. Ask whoever runs the smarthost.',
  },
  {
    blames: 'us',
    codes: '5.2.253 5.7.7xx 5.7.23x 4.7.23x',
    phrases: `
      your account is, your account has been, account is not allowed to send, sending paused,
      sending is paused, sending has been disabled, sending disabled, tenant has exceeded, outbound spam`,
    says: 'The account of the helpdesk at the smarthost may not send at the moment. Ask whoever runs the smarthost.',
  },
  {
    blames: 'us',
    codes: '432 5.2.251 5.2.254 5.2.255 4.7.28 5.7.28 5.4.5 4.4.5',
    phrases: `
      throttl, rate limit, rate-limit, ratelimit, sending rate, sending quota, sending limit,
      message quota exceeded, daily limit, hourly limit, relay limit, relay quota,
      concurrent connections, connections limit, connection limit, too many connections,
      too many concurrent, too many messages, too many mails, too many emails, too much mail, unusual rate`,
    says: 'The helpdesk has sent more than the smarthost takes from it in this time.',
  },
  {
    blames: 'us',
    codes: '',
    phrases: 'greylist, graylist, grey-list, gray-list, grey list, gray list',
    says: 'The server takes mail from unknown senders at the second attempt only (greylisting).',
  },
  {
    blames: 'us',
    codes: '4.3.0 4.3.1 4.3.2 5.3.2 5.3.5',
    phrases: `
      insufficient system storage, system not accepting, server busy, server is busy,
      temporary server error, local error in processing`,
    says: 'The smarthost itself has a problem.',
  },
  {
    blames: 'recipient',
    codes: '5.2.1 4.2.1',
    phrases: `
      mailbox disabled, mailbox is disabled, account disabled, account is disabled, account is inactive,
      mailbox is inactive`,
    says: 'The mailbox takes no mail at the moment.',
  },
  {
    blames: 'recipient',
    codes: '5.2.2 4.2.2',
    phrases: `
      mailbox full, mailbox is full, mailbox has exceeded, over quota, overquota, quota exceeded,
      exceeded storage, out of storage, mailbox quota`,
    says: 'The mailbox is full.',
  },
  {
    blames: 'recipient',
    codes: '5.1.2 5.1.10 5.4.1 5.4.4 5.4.310',
    phrases: `
      domain not found, domain does not exist, host not found, no such domain, unrouteable, unroutable,
      bad destination host`,
    says: 'There is no such address, or its domain takes no mail.',
  },
  {
    blames: 'recipient',
    codes: '5.1.0 5.1.1 5.1.3 5.1.6',
    phrases: `
      no such user, no such mailbox, no such recipient, no such address, no mailbox here, user unknown,
      unknown user, unknown recipient, recipient unknown, mailbox unavailable, mailbox not found,
      user not found, recipient not found, does not exist, doesn't exist, invalid recipient,
      invalid mailbox`,
    says: 'There is no such mailbox.',
  },
  {
    blames: 'letter',
    codes: '5.2.3 5.3.4',
    phrases: 'too large, too big, size limit, size exceeds, exceeds size, maximum message size',
    says: 'The letter is too large for the receiving server.',
  },
  {
    blames: 'letter',
    codes: '',
    phrases: `
      virus, malware, potential security issue, attachment type, blocked attachment,
      executable attachment, forbidden attachment`,
    says: 'The receiving server takes no such attachment.',
  },
  {
    blames: 'unsure',
    codes: '5.7.x 5.7.xx 5.7.xxx 5.6.x',
    phrases: 'spam, unsolicited, junk, content, policy, policies',
    says: 'The letter was refused as spam or by a policy.',
  },
  {
    blames: 'unsure',
    codes: '500 501 502 503 504 555 5.5.1 5.5.2 5.5.4',
    phrases: '',
    says: 'The smarthost and the helpdesk do not understand each other.',
  },
]
