import { checkName } from './check.js'

/**
 * A name as one segment of a path, readable where it can be: what ZooKeeper refuses in a path (control characters, halves of
 * pairs) or takes for something else (slashes, `.`, `..`) is escaped as in a URL. Different names have different segments.
 */
export function segmentOf(what: string, name: string): string {
  checkName(what, name)
  const segment = escaped(what, name)
  return /^\.+$/.test(segment) ? segment.replaceAll('.', '%2E') : segment
}

function escaped(what: string, name: string): string {
  try {
    return encodeURIComponent(name)
  } catch (cause) {
    throw new TypeError(`${what} must be well-formed text, without half a surrogate pair`, { cause })
  }
}

/** A connection string's servers, and the path behind them: `a:2181,b:2181/team` → `/team`. */
export function splitConnection(connection: string): { servers: string; root: string } {
  const at = connection.indexOf('/')
  const servers = at < 0 ? connection : connection.slice(0, at)
  const root = at < 0 ? '' : connection.slice(at).replace(/\/+$/, '')
  if (servers.trim() === '') throw new TypeError('connection must name servers, like 127.0.0.1:2181')
  if (servers.includes('@')) throw new TypeError('connection must name servers only: credentials go into { auth }')
  checkRoot('the path of connection', root)
  return { servers, root }
}

/** A path of ASCII, or nothing. ZooKeeper takes more, but not all of it. */
export function checkRoot(what: string, root: string): void {
  const sound = root === '' || (/^(\/[!-.0-~]+)+$/.test(root) && !/\/\.\.?(\/|$)/.test(root))
  if (!sound) throw new TypeError(`${what} must be a path like /team/avout`)
  if (/^\/zookeeper(\/|$)/.test(root)) throw new TypeError(`${what} must not be /zookeeper, which is the server's own`)
}
