import { channelOf, literal } from './schema.js'

/**
 * Locks. Each function first takes the advisory lock of the lock's name, so that they follow one another, and looks at the
 * server's clock alone. A claim is a row: it waits while its token is 0, and holds from then on. Who is granted something is told
 * by NOTIFY, under the ticket of the claim, so that nobody else wakes.
 *
 * Grants: first come, first served. Whose owner holds the lock already is granted again at once, under the token of the hold,
 * since behind others it would wait for itself; a reader who wants to write stands before the others, for nobody else can be
 * granted a write before it has given up its read.
 */
export const lockFunctions = (s: string, schema: string): string => `
create or replace function ${s}.lock_enter(p_realm integer, p_lock text) returns void language plpgsql volatile as $enter$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'avout: locks need read committed' using errcode = 'AV002';
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  perform pg_advisory_xact_lock(hashtext(${literal(`avout lock ${schema}`)}), hashtext(p_realm || '/' || p_lock));
  delete from ${s}.lock_claims c where c.realm = p_realm and c.lock = p_lock and c.expires <= clock_timestamp();
end
$enter$;

create or replace function ${s}.lock_serve(p_realm integer, p_lock text, p_but bigint) returns void language plpgsql volatile as $serve$
declare
  v_claim record;
  v_token bigint;
begin
  loop
    -- Waiting, and its owner holds: a write, or a read that it wants again.
    select c.ticket, (
        select max(h.token) from ${s}.lock_claims h
        where h.realm = p_realm and h.lock = p_lock and h.owner = c.owner and h.token > 0
      ) as token
      into v_claim
      from ${s}.lock_claims c
      where c.realm = p_realm and c.lock = p_lock and c.token = 0 and exists (
        select from ${s}.lock_claims h
        where h.realm = p_realm and h.lock = p_lock and h.owner = c.owner and h.token > 0 and (h.writes or not c.writes)
      )
      order by c.ticket limit 1;
    if found then
      v_token := v_claim.token;
    else
      -- The first of those who wait; nobody else may hold what it excludes.
      select c.ticket, c.owner, c.writes into v_claim
        from ${s}.lock_claims c
        where c.realm = p_realm and c.lock = p_lock and c.token = 0
        order by (c.writes and exists (
          select from ${s}.lock_claims h
          where h.realm = p_realm and h.lock = p_lock and h.owner = c.owner and h.token > 0 and not h.writes
        )) desc, c.ticket
        limit 1;
      if not found then return; end if;
      if exists (
        select from ${s}.lock_claims h
        where h.realm = p_realm and h.lock = p_lock and h.token > 0 and h.owner <> v_claim.owner
          and (h.writes or v_claim.writes)
      ) then return; end if;
      v_token := nextval(${literal(`${s}.lock_tokens`)});
    end if;
    update ${s}.lock_claims c set token = v_token where c.ticket = v_claim.ticket;
    if v_claim.ticket <> p_but then
      perform pg_notify(${literal(channelOf(schema))}, '- T' || v_claim.ticket);
    end if;
  end loop;
end
$serve$;

create or replace function ${s}.lock_claim(p_realm integer, p_lock text, p_owner text, p_writes boolean, p_lease double precision)
returns table (ticket bigint, token bigint) language plpgsql volatile as $claim$
declare
  v_ticket bigint;
begin
  perform ${s}.lock_enter(p_realm, p_lock);
  insert into ${s}.lock_claims (realm, lock, owner, writes, expires)
    values (p_realm, p_lock, p_owner, p_writes, clock_timestamp() + p_lease * interval '1 millisecond')
    returning lock_claims.ticket into v_ticket;
  perform ${s}.lock_serve(p_realm, p_lock, v_ticket);
  return query select c.ticket, c.token from ${s}.lock_claims c where c.ticket = v_ticket;
end
$claim$;

-- Renews a claim; nothing comes back where it is gone. Also says in how many milliseconds the first of the others ends.
create or replace function ${s}.lock_renew(p_realm integer, p_lock text, p_ticket bigint, p_lease double precision)
returns table (token bigint, others_end double precision) language plpgsql volatile as $renew$
begin
  perform ${s}.lock_enter(p_realm, p_lock);
  update ${s}.lock_claims c set expires = clock_timestamp() + p_lease * interval '1 millisecond' where c.ticket = p_ticket;
  perform ${s}.lock_serve(p_realm, p_lock, p_ticket);
  return query select c.token, (
      select extract(epoch from min(h.expires) - clock_timestamp())::double precision * 1000 from ${s}.lock_claims h
      where h.realm = p_realm and h.lock = p_lock and h.ticket <> p_ticket
    ) from ${s}.lock_claims c where c.ticket = p_ticket;
end
$renew$;

-- Whether the claim was still there.
create or replace function ${s}.lock_release(p_realm integer, p_lock text, p_ticket bigint)
returns boolean language plpgsql volatile as $release$
declare
  v_there boolean;
begin
  perform ${s}.lock_enter(p_realm, p_lock);
  delete from ${s}.lock_claims c where c.ticket = p_ticket;
  v_there := found;
  perform ${s}.lock_serve(p_realm, p_lock, 0);
  return v_there;
end
$release$;
`
