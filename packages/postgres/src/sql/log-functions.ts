import { literal } from './schema.js'

/** Of the first error that `append` raises by itself: the caller knows entries that the log does not have. */
export const DIVERGED = 'AV001'

/** Of the second: the transaction cannot see what was appended while it waited. */
export const WRONG_ISOLATION = 'AV002'

/**
 * Appending and reading. A function, since each statement of a volatile one has a snapshot of its own: a single statement that
 * appends and selects what was missed selects with the snapshot that it had before it waited, and misses what it waited for.
 *
 * The order is that of an advisory lock, kept until the commit, and the top of the primary key: a row that counts would be
 * rewritten at each append, and crawl as soon as one old snapshot is open anywhere in the database. Values go first, since they
 * need no order; all who write them do so in the order of their keys.
 */
export const logFunctions = (s: string, schema: string): string => `
create or replace function ${s}.append(
  p_realm integer, p_records bytea, p_lengths integer[], p_from bigint, p_known bigint, p_page bigint,
  p_versions text[], p_refs text[], p_values jsonb[]
) returns table (at bigint, bytes text) language plpgsql volatile as $append$
declare
  v_tail bigint;
  v_offset integer := 1;
  v_length integer;
  v_answered bigint := 0;
  v_entry record;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'avout: append needs read committed' using errcode = '${WRONG_ISOLATION}';
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  if p_versions is not null then
    -- Hardly ever is one there already. "on conflict" would cost each row twice as much, so that is for when it is.
    begin
      insert into ${s}.versions (realm, version, ref, value)
        select p_realm, t.v, t.r, t.j from unnest(p_versions, p_refs, p_values) as t (v, r, j)
        order by t.v collate "C", t.r collate "C";
    exception when unique_violation then
      insert into ${s}.versions (realm, version, ref, value)
        select p_realm, t.v, t.r, t.j from unnest(p_versions, p_refs, p_values) with ordinality as t (v, r, j, i)
        order by t.v collate "C", t.r collate "C", t.i
        on conflict do nothing;
    end;
  end if;
  perform pg_advisory_xact_lock(hashtext(${literal(`avout log ${schema}`)}), p_realm);
  select l.position into v_tail from ${s}.log l where l.realm = p_realm order by l.position desc limit 1;
  if v_tail is null then
    select r.floor - 1 into strict v_tail from ${s}.realms r where r.id = p_realm;
  end if;
  if p_known > v_tail then
    raise exception 'avout: the log ends at %', v_tail using errcode = '${DIVERGED}';
  end if;
  for i in 1 .. array_length(p_lengths, 1) loop
    v_length := p_lengths[i];
    insert into ${s}.log (realm, position, record)
      values (p_realm, v_tail + i, substring(p_records from v_offset for v_length));
    v_offset := v_offset + v_length;
  end loop;
  at := v_tail + 1;
  return next;
  if p_from < v_tail then
    for v_entry in
      select l.position, l.record from ${s}.log l
      where l.realm = p_realm and l.position > p_from and l.position <= v_tail
        and l.position >= (select r.floor from ${s}.realms r where r.id = p_realm)
      order by l.position limit 1000
    loop
      at := v_entry.position;
      bytes := encode(v_entry.record, 'hex');
      return next;
      v_answered := v_answered + octet_length(v_entry.record);
      exit when v_answered >= p_page;
    end loop;
  end if;
end
$append$;

create or replace function ${s}.read_log(p_realm integer, p_after bigint, p_limit bigint, p_page bigint)
returns table (at bigint, bytes text) language plpgsql stable as $read$
declare
  v_answered bigint := 0;
  v_entry record;
begin
  for v_entry in
    select l.position, l.record from ${s}.log l
    where l.realm = p_realm and l.position > p_after
      and l.position >= (select r.floor from ${s}.realms r where r.id = p_realm)
    order by l.position limit p_limit
  loop
    at := v_entry.position;
    bytes := encode(v_entry.record, 'hex');
    return next;
    v_answered := v_answered + octet_length(v_entry.record);
    exit when v_answered >= p_page;
  end loop;
end
$read$;
`
