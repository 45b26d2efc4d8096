import { IncompatibleError } from '@avout/core'
import { arrayLiteral } from './array-literal.js'
import type { Connection } from './connection.js'
import { checkSchema } from './options.js'
import { migrationBody } from './sql/migration.js'
import { SCHEMA_VERSION, TABLES } from './sql/schema.js'
import { repeatable } from './statement.js'

/**
 * The SQL that makes a schema for Avout, or brings it up to date: for `psql`, or a migration of yours, where the role that the
 * program connects as may not create one. It is one transaction, and may be run again.
 *
 * @throws TypeError for what cannot be a schema's name
 */
export function migration(schema = 'avout'): string {
  checkSchema(schema)
  return `-- Avout's schema ${schema}, version ${SCHEMA_VERSION}\nbegin;\n${migrationBody(schema)}\ncommit;\n`
}

const missing = repeatable(
  'missing',
  () => `select name from unnest($2::text[]) as name where case
    when to_regclass($1 || '.' || name) is null then true
    else not (has_table_privilege(to_regclass($1 || '.' || name), 'select')
      and (name = 'schema_version' or has_table_privilege(to_regclass($1 || '.' || name), 'insert'))) end`,
)
const version = repeatable('version', (s) => `select max(version) from ${s}.schema_version`)

/** Makes the schema if it is not there, or looks whether it is, and whether it is one that this version works with. */
export async function prepareSchema(connection: Connection): Promise<void> {
  const { schema, settings } = connection
  const name = settings.schema
  const lacks = await connection.run<[string]>(missing, [schema, arrayLiteral(TABLES)])
  const found = lacks.some(([table]) => table === 'schema_version') ? 0 : await versionOf(connection)
  if (found > SCHEMA_VERSION) {
    throw new IncompatibleError(
      `"${settings.id}" at ${connection.where}: the schema "${name}" has version ${found}, this package knows ${SCHEMA_VERSION}: upgrade it`,
    )
  }
  if (found === SCHEMA_VERSION && lacks.length === 0) return
  if (settings.migrate) {
    await connection.simple(migrationBody(name))
    return
  }
  const what =
    lacks.length > 0
      ? `lacks ${lacks.map(([table]) => table).join(', ')}, or the role may not read and write them`
      : `has version ${found}, not ${SCHEMA_VERSION}`
  throw new IncompatibleError(
    `"${settings.id}" at ${connection.where}: the schema "${name}" ${what}: run the SQL that migration('${name}') prints, or leave out migrate: false`,
  )
}

async function versionOf(connection: Connection): Promise<number> {
  const [row] = await connection.run<[number | null]>(version, [])
  return row?.[0] ?? 0
}
