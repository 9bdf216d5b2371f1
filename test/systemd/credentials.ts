import { readFileSync } from 'node:fs'
import t from 'tap'
import { certificateIn } from '../daemon/mail/certificate.ts'
import { directoryFor, HELPDESK, until } from '../house.ts'
import { NODE, ROOT } from '../program.ts'
import { cannotBoot } from './namespace.ts'
import { adapted, dotted, recipe } from './recipe.ts'
import { firstUser, installed } from './service.ts'

const SMARTHOST = `${ROOT}dist/test/systemd/smarthost.js`
const PASSWORD = 'Tr0ub4dor'
const [secrets = '', dropIn = ''] = recipe('Secrets')
const TOML = `http.listen = "127.0.0.1:8443"
http.tls_cert = "credential:cert"
http.tls_key = "credential:key"
smtp.listen = "127.0.0.1:2525"
mail.address = "${HELPDESK}"
${adapted(dotted(secrets), { 'mail.example.org': '127.0.0.1' })}`

t.setTimeout(300_000)
t.test(
  'the password of the smarthost and the certificate are credentials',
  { skip: cannotBoot('openssl', 'curl', 'ss') },
  async t => {
    const service = await installed(t, TOML)
    if (typeof service === 'string') return t.plan(0, service)
    const { cert, key } = certificateIn(directoryFor(t))
    const written = `umask 077
    printf '%s\\n' "$1" >/etc/helpdeskd/smarthost.password
    printf '%s' "$2" >/etc/helpdeskd/cert.pem
    printf '%s' "$3" >/etc/helpdeskd/key.pem`
    const pem = [cert, key].map(path => readFileSync(path, 'utf8'))
    t.match(await service.shell(written, PASSWORD, ...pem), { code: 0 })
    const files = 'LoadCredential=cert:/etc/helpdeskd/cert.pem\nLoadCredential=key:/etc/helpdeskd/key.pem'
    t.match(await service.edit(`${dropIn}${files}`), { code: 0 })
    const login = await firstUser(service)
    t.match(await service.systemctl('start', 'helpdeskd'), { code: 0 })

    const delivered = service.inNetwork('env', ...NODE, SMARTHOST, cert, key)
    // A letter that comes before would be sent again after a minute.
    const listens = async () => (await service.run('ss', '-ltn')).out.includes('127.0.0.1:465 ')
    await until('the smarthost', async () => (await listens()) || undefined)
    const ticket = 'queue=1&title=Fire&submitter_email=maria@example.net'
    const create = 'https://127.0.0.1:8443/api/create_ticket/'
    t.match(await service.run('curl', '-sSk', create, '--data', `${login}&${ticket}`), { code: 0, out: '1' })
    t.match(JSON.parse((await delivered).out), { login: `helpdesk:${PASSWORD}`, letter: /Fire/ })

    // Only root and the service can read them.
    const other = ['--uid=nobody', '--pipe', '--wait', '--quiet']
    const read = 'cat /etc/helpdeskd/smarthost.password /run/credentials/helpdeskd.service/smarthost'
    const { code, out } = await service.run('systemd-run', ...other, 'sh', '-c', read)
    t.match({ code, out }, { code: 1, out: '' })
  },
)
