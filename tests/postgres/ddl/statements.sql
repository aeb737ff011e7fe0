create aggregate x(int) (sfunc = int4pl, stype = int)
create operator === (leftarg = int, rightarg = int, function = int4eq)
create operator class x for type int using btree as operator 1 <
create operator family x using btree
alter operator family x using btree add operator 1 < (int, int)
create cast (int as text) with inout as assignment
create conversion x for 'UTF8' to 'LATIN1' from f
create collation x (locale = 'C')
create text search configuration x (copy = english)
create text search dictionary x (template = simple)
alter text search configuration x add mapping for word with simple
create language plperl
create access method x type index handler f
create foreign data wrapper x
create server x foreign data wrapper y
create user mapping for current_user server x
create foreign table ft(a int) server x
import foreign schema x from server y into z
alter foreign table ft add column b int
create publication x for table t
alter publication x add table u
create subscription x connection 'y' publication z
alter subscription x disable
drop subscription x
create event trigger x on ddl_command_end execute function f()
alter event trigger x disable
create tablespace x location '/x'
drop tablespace x
alter tablespace x rename to y
create database x
alter database x set timezone = 'UTC'
drop database x
create role x
alter role x set search_path = y
drop role x
grant x to y
grant usage on schema x to y
grant execute on all functions in schema x to y
revoke all on sequence s from x
alter default privileges revoke all on tables from x
reassign owned by x to y
drop owned by x cascade
security label on table t is 'x'
comment on database x is 'y'
comment on type x is 'y'
comment on domain x is 'y'
comment on schema x is 'y'
comment on role x is 'y'
comment on operator ===(int, int) is 'y'
comment on cast (int as text) is 'y'
comment on large object 5 is 'y'
comment on trigger tr on t is 'y'
comment on policy p on t is 'y'
comment on constraint c on domain d is 'y'
create transform for int language sql (from sql with function f(internal))
drop transform for int language sql
drop cast (int as text)
drop operator === (int, int)
drop operator class x using btree
drop aggregate x(int)
drop function f(int), g() cascade
drop procedure f
drop routine f
drop rule x on t
drop policy if exists x on t
drop trigger if exists x on s.t cascade
drop text search configuration x
drop language x
drop extension if exists x cascade
drop foreign table ft
drop server x
drop user mapping for x server y
drop statistics x
drop access method x
drop publication x
drop event trigger x
drop conversion x
drop collation x
alter collation x refresh version
alter function f() owner to x
alter function f() immutable
alter aggregate x(int) owner to y
alter operator ===(int, int) set (restrict = none)
alter type x add attribute y int, drop attribute z cascade
alter type x rename attribute a to b cascade
alter type x set schema y
alter type x owner to y
alter type x set (receive = f)
alter extension x update
alter extension x add table t
alter extension x set schema y
alter statistics x set statistics 5
alter statistics x rename to y
alter schema x owner to y
alter large object 5 owner to x
alter system set work_mem = '1MB'
alter server x options (set a 'b')
alter table all in tablespace x set tablespace y
alter materialized view x set tablespace y
alter view x set (security_barrier)
alter sequence x set schema y
alter sequence x owner to y
alter policy x on t to public
alter trigger x on t depends on extension y
alter function f() depends on extension y
alter table t of x
alter table t not of
alter table t no force row level security
alter table t replica identity using index i
alter table t enable replica trigger x
alter table t enable always rule x
alter table t set with oids
alter table t set without oids
alter table t alter a reset (n_distinct)
alter table ft alter a options (set b 'c')
alter table t add constraint c check (a > 0) no inherit
alter table t detach partition p finalize
alter index i attach partition j
alter index i alter column 1 set statistics 5
alter index all in tablespace x set tablespace y
alter domain d rename constraint a to b
alter domain d validate constraint c
alter domain d set default 3
alter domain d drop not null
alter domain d set schema x
create type x
create type x as (a int)
create type x as range (subtype = int)
create type x (input = f, output = g)
create rule x as on insert to t do also insert into u values (1)
create constraint trigger x after insert on t from u initially deferred for each row execute function f()
create or replace trigger x after update of a on t when (new.a > old.b) execute function f()
create view x(a, b) as select 1, 2 with check option
create recursive view x(n) as values (1) union all select n + 1 from x
create materialized view x as execute y
create table x as execute y
create table x of y
create table x (like y, foreign key (a) references z)
create temp table x on commit drop as select 1 with no data
create statistics on (a + 1), b from t
create schema authorization x
create schema if not exists x
create extension if not exists x with schema y cascade
create procedure f() language sql as 'select 1'
create function f() returns int return 1
create function f() returns int language sql begin atomic select 1; end
select * into x from t
select 1 into x union select 2
values (f(1))
table t
copy t from stdin
copy (select f()) to stdout
copy t to stdout
merge into t using u on true when matched then update set a = 1 when not matched then insert (a) values (1)
insert into t default values on conflict do nothing
update t set (a, b) = (select 1, 2) from u where true
delete from only t using u
truncate only t, u restart identity cascade
call f(1)
do 'begin perform f(); end'
do $$ declare r record; begin for r in select * from t loop update u set a = r.a; end loop; commit; end $$
do $$ begin execute 'x' using 1; end $$
prepare x as delete from t
execute x
deallocate x
declare c cursor for select f()
fetch c
move c
close c
discard all
listen x
notify x, 'y'
unlisten *
checkpoint
load 'x'
vacuum
vacuum (full, analyze) t, u
vacuum (full false) t
analyze t(a)
cluster
cluster t
reindex schema x
reindex database concurrently x
reindex system x
reindex (verbose, tablespace x) index concurrently i
begin isolation level serializable
start transaction
commit and chain
abort
savepoint x
release x
rollback
prepare transaction 'x'
commit prepared 'x'
rollback prepared 'x'
set constraints all deferred
set transaction read only
set session characteristics as transaction read only
set role x
set session authorization x
set time zone 'UTC'
set search_path to a, b
reset all
reset x
show all
explain (analyze, verbose) insert into t values (1)
explain (analyze off) insert into t values (1)
lock table only t, u in row exclusive mode nowait
refresh materialized view x with no data
