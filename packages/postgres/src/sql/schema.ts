/** Raised with every change of the tables or functions below. */
export const SCHEMA_VERSION = 2

/** What a schema must hold, for who did not let it be made by itself. */
export const TABLES = ['schema_version', 'realms', 'log', 'counters', 'states', 'versions', 'heads', 'lock_claims']

/** A name as an SQL identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text as an SQL literal; names of schemas only, which hold no backslash that means something. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The channel of LISTEN and NOTIFY. */
export const channelOf = (schema: string): string => `avout:${schema}`

/**
 * The tables. Realms are numbered, since their names would be in every row. Records are not compressed: they are read by every
 * client, soon, and up to a page of 8 KB they stay in their row. Values are kept by version first: a transaction's writes share
 * it, so that they go to one page of the index, wherever their refs are.
 */
export const tables = (s: string): string => `
create table if not exists ${s}.schema_version (version integer not null);

create table if not exists ${s}.realms (
  id integer generated always as identity primary key,
  name text collate "C" not null unique,
  floor bigint not null default 1
);

create table if not exists ${s}.log (
  realm integer not null,
  position bigint not null,
  record bytea not null,
  primary key (realm, position)
) with (toast_tuple_target = 8160);
alter table ${s}.log alter column record set storage external;

create table if not exists ${s}.counters (
  realm integer not null,
  name text collate "C" not null,
  value bigint not null,
  primary key (realm, name)
) with (fillfactor = 50);

create table if not exists ${s}.states (
  realm integer not null,
  name text collate "C" not null,
  value jsonb not null,
  primary key (realm, name)
) with (fillfactor = 70);

create table if not exists ${s}.versions (
  realm integer not null,
  ref text collate "C" not null,
  version text collate "C" not null,
  value jsonb not null,
  primary key (realm, version, ref)
);

create table if not exists ${s}.heads (
  realm integer not null,
  ref text collate "C" not null,
  version text collate "C" not null,
  position bigint not null,
  value jsonb,
  primary key (realm, ref)
) with (fillfactor = 70);
comment on column ${s}.heads.value is 'null where the ref was deleted: the row stays, so that a late older value cannot return';

create or replace view ${s}.current_values as
  select r.name as realm, h.ref, h.value, h.position, h.version
  from ${s}.heads h join ${s}.realms r on r.id = h.realm
  where h.value is not null;

create table if not exists ${s}.lock_claims (
  ticket bigint generated always as identity primary key,
  realm integer not null,
  lock text collate "C" not null,
  owner text collate "C" not null,
  writes boolean not null,
  token bigint not null default 0,
  since timestamptz not null default clock_timestamp(),
  expires timestamptz not null
);
alter table ${s}.lock_claims add column if not exists since timestamptz not null default clock_timestamp();
create index if not exists lock_claims_of_lock on ${s}.lock_claims (realm, lock);
create sequence if not exists ${s}.lock_tokens;
`
