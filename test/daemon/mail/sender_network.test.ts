import t from 'tap'
import { senderNetwork } from '../../../daemon/mail/sender_network.ts'

t.test('a sender counts for its network, or for its envelope domain if a relay is the peer', async t => {
  const isRelay = (address: string) => address === '192.0.2.25'
  for (const [peer, from, network] of [
    ['198.51.100.7', 'a@example.org', '198.51.100.0/24'],
    ['::ffff:198.51.100.200', '', '198.51.100.0/24'],
    ['2001:db8:1:2:3:4:5:6', 'a@example.org', '2001:db8:1::/48'],
    ['2001:db8::1', 'a@example.org', '2001:db8:0::/48'],
    ['127.0.0.1', 'A@Example.ORG', 'example.org'],
    ['127.0.0.1', 'ilo.@build_server.example', 'build_server.example'],
    ['::1', '', '<>'],
    ['unix', 'no address', '<>'],
    ['192.0.2.25', 'a@example.org', 'example.org'],
  ] as const)
    t.equal(senderNetwork(peer, from, isRelay), network, `${peer} ${from}`)
})
