import { lockFunctions } from './lock-functions.js'
import { logFunctions } from './log-functions.js'
import { identifier, literal, SCHEMA_VERSION, tables } from './schema.js'

/**
 * Everything in one piece, to be run in one transaction. It may be run again, and by several at once: an advisory lock makes them
 * follow one another. (`create … if not exists` alone fails when two do it at the same moment.)
 */
export function migrationBody(schema: string): string {
  const s = identifier(schema)
  return `
select pg_advisory_xact_lock(hashtext(${literal(`avout migration ${schema}`)}), 0);
-- Not "create schema if not exists": that needs the right to create one also where it exists.
do $schema$ begin
  if to_regnamespace(${literal(s)}) is null then create schema ${s}; end if;
end $schema$;
${tables(s)}${logFunctions(s, schema)}${lockFunctions(s, schema)}
insert into ${s}.schema_version select ${SCHEMA_VERSION} where not exists (select from ${s}.schema_version);
update ${s}.schema_version set version = ${SCHEMA_VERSION} where version < ${SCHEMA_VERSION};
`
}
