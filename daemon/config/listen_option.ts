import { isLoopback } from '../net/ip.ts'
import { type Listen, type Listens, listenOf, listenText } from './listen.ts'
import type { Option } from './option.ts'

const TCP = 'an address and a port, like "127.0.0.1:8090" or "[::1]:8090" (port 0 takes any free port)'
const LOOPBACK = 'a loopback address and a port, like "127.0.0.1:2424"'
const SOCKET = 'a unix socket, like "unix:/run/helpdeskd/http.sock"'

/** Where a door listens, at one place or more. */
export function listen(fallback: string, about: string): Option<Listens> {
  return {
    about,
    rule: `${TCP}, ${SOCKET}, or a list of these`,
    fallback: () => fallback,
    read: value => {
      const [first, ...others] = listensOf(value) ?? []
      return first && [first, ...others]
    },
    written,
  }
}

/** The same for what is closed by default. */
export function optionalListen(about: string): Option<readonly Listen[]> {
  return {
    about,
    rule: `${TCP}, ${SOCKET}, a list of these, or ""`,
    fallback: () => '',
    read: value => (value === '' ? [] : listensOf(value)),
    written,
  }
}

/** The same for what only programs on this machine may reach. */
export function localListen(about: string): Option<readonly Listen[]> {
  const isLocal = (where: Listen) => 'path' in where || isLoopback(where.host)
  return {
    about,
    rule: `${LOOPBACK}, ${SOCKET}, a list of these, or ""`,
    fallback: () => '',
    read: value => {
      const found = value === '' ? [] : listensOf(value)
      return found?.every(isLocal) ? found : undefined
    },
    written,
  }
}

/** The mode of unix sockets. */
export function socketMode(fallback: number, about: string): Option<number> {
  return {
    about,
    rule: 'a mode for a file in octal digits, like "0660"',
    fallback: () => octal(fallback),
    read: value =>
      typeof value === 'string' && /^0?[0-7]{3}$/.test(value) ? Number.parseInt(value, 8) : undefined,
    written: octal,
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

function listensOf(value: unknown): readonly Listen[] | undefined {
  const values = [value].flat()
  const found = values.flatMap(one => (typeof one === 'string' ? (listenOf(one) ?? []) : []))
  return found.length === values.length ? found : undefined
}

function written(wheres: readonly Listen[]): unknown {
  const texts = wheres.map(listenText)
  return texts.length > 1 ? texts : (texts[0] ?? '')
}
