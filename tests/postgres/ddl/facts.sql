-- One statement in a line, what is done before stands in front of =>. From 15 on:
alter table t add column x int
alter table t add column x int default random()
alter table t add column x timestamptz default current_timestamp
alter table t add column x date default current_date
alter table t add column x text default 'a' || 'b'
alter table t add column x dom
alter table t add column x dom0 default 3
alter table t add column x int not null
alter table t add column x int check (x > 0)
alter table t add column x int unique
alter table t add column x bigint references p
alter table t add column x bigint default 1 references p(id)
alter table t add column x int generated always as (a * 2) stored unique
alter table t add column if not exists a int
alter table part add column x int default 3
alter table part add column x int default random()
alter table par add column z int
alter table par add column z serial
alter table t drop column c
alter table t drop column c cascade
alter table t drop column a
alter table t drop column a cascade
alter table t drop column p_id
alter table t drop column nn
alter table t drop column nn cascade
alter table t drop column ck
alter table t drop column v
alter table t drop column id
alter table t drop column id cascade
alter table p drop column code
alter table p drop column code cascade
alter table par drop column x
alter table part drop column id
alter table part drop column k
alter table t drop column b cascade
alter table t rename column b to bb
alter table par rename column x to xx
alter table t alter column b type varchar(100)
alter table t alter column b type varchar(20)
alter table mu alter column m type text
alter table mu alter column m type text using m::text
alter table mu alter column z type bigint
alter table mu alter column z type bigint using z::bigint
alter table mu alter column z type text
alter table mu alter column z type int
drop view tv cascade; drop materialized view mv => alter table t alter column b type varchar(100)
drop view tv cascade; drop materialized view mv => alter table t alter column b type text
drop view tv cascade; drop materialized view mv => alter table t alter column b type varchar(20)
drop view tv cascade; drop materialized view mv => alter table t alter column b type text using b::text
drop view tv cascade; drop materialized view mv => alter table t alter column b type text using upper(b)
drop view tv cascade; drop materialized view mv => alter table t alter column c type varchar
drop view tv cascade; drop materialized view mv => alter table t alter column a type int
drop view tv cascade; drop materialized view mv => alter table t alter column a type bigint
drop view tv cascade; drop materialized view mv => alter table t alter column v type varchar(20)
drop view tv cascade; drop materialized view mv => alter table t alter column v type text
drop view tv cascade; drop materialized view mv => alter table t alter column ck type bigint
drop view tv cascade; drop materialized view mv => alter table t alter column p_id type int
drop view tv cascade; drop materialized view mv => alter table t alter column p_id type bigint
drop view tv cascade; drop materialized view mv => alter table t alter column id type int
drop view tv cascade; drop materialized view mv => alter table t alter column id type bigint
alter table p alter column code type varchar
alter table p alter column code type varchar(50)
alter table ch alter column code type varchar(50)
alter table ch alter column code type varchar
alter table t alter column nn type bigint
alter table t alter column g type bigint
alter table t alter column n type numeric(12,2)
alter table t alter column n type int
alter table t alter column c type int
alter table t alter column e type int using 3
alter table t alter column d type timestamptz
alter table t alter column d type date
alter table part alter column id type int
alter table par alter column x type varchar(5)
alter table t alter column a set not null
alter table t alter column nn set not null
alter table t add constraint x check (a is not null) => alter table t alter column a set not null
alter table t add constraint x check (a is not null) not valid => alter table t alter column a set not null
alter table part alter column k set not null
alter table t alter column nn drop not null
alter table t alter column id drop not null
alter table t alter column a set default 3
alter table part alter column k set default 3
alter table t alter column id drop identity
alter table t alter column nn drop default => alter table t alter column nn add generated always as identity
alter table t alter column nn drop default; alter table t alter column nn drop default => alter table t alter column nn add generated always as identity
alter table t alter column id set generated always
alter table t alter column g drop expression
alter table t add constraint f foreign key (a) references sf(id) not valid
alter table sf add constraint f foreign key (up) references sf(id)
alter table ch add constraint f foreign key (id) references p(id)
alter table ch add constraint f foreign key (id) references p(id) not valid => alter table ch validate constraint f
alter table ch validate constraint ch_t_id_fkey
alter table part add constraint f foreign key (id) references sf(id)
alter table t add constraint f check (a > 0)
alter table t add constraint f check (a > 0) not valid
alter table part add constraint f check (k >= 0)
alter table par add constraint f check (id >= 0)
alter table t add constraint f unique (c)
alter table t add unique (a, b)
alter table t add constraint u unique using index t_ab
create unique index u on t(c) => alter table t add constraint f unique using index u
create unique index u on t(c) => alter table t add constraint u unique using index u
alter table part3 add primary key (id)
create unique index u on part3(id) => alter table part3 add constraint pk primary key using index u
alter table mu add primary key (z)
create unique index u on mu(z) => alter table mu add constraint pk primary key using index u
alter table mu add constraint ex exclude using btree (z with =)
alter table ch drop constraint ch_t_id_fkey
alter table p drop constraint p_pkey
alter table p drop constraint p_pkey cascade
alter table p drop constraint p_code_key cascade
alter table t drop constraint t_ck_check
alter table sf drop constraint sf_up_fkey
alter table t rename constraint t_ck_check to x
alter table t rename constraint t_pkey to x
alter table t alter constraint t_p_id_fkey deferrable
alter table part add constraint f check (k >= 0) => alter table part drop constraint f
create index x on t(c)
create index if not exists t_b on t(b)
create index x on part(k)
create index x on only part(k)
create index x on mv(b)
drop index t_b
drop index t_ab
drop index t_pkey
create index x on part(k) => drop index x
drop index mv_id
alter index t_b rename to x
alter index t_pkey rename to x
reindex index t_b
reindex table t
reindex table ch
create table n(id int primary key, p_id bigint references p(id), t_id bigint references t)
create table n(like t)
create table n(like t including all)
create table n as select * from ch
create table n(z int) inherits (par)
create table n partition of part for values from (1000) to (2000)
create table n(id int) partition by list (id)
drop table ch
drop table t
drop table t cascade
drop table p cascade
drop table part
drop table part1
drop table partd
drop table par
drop table par cascade
drop table kid
drop table s2.x
drop table sf
drop table if exists nope
drop table su
alter table t rename to x
alter table t set schema s2
alter table su set schema s2
alter table part set schema s2
alter table part attach partition part3 for values from (300) to (400)
drop table partd => alter table part attach partition part3 for values from (300) to (400)
drop table partd; alter table part3 add constraint x check (k >= 300 and k < 400) => alter table part attach partition part3 for values from (300) to (400)
drop table partd; alter table part3 add constraint x check (k >= 300 and k < 400); alter table part3 add primary key (id,k) => alter table part attach partition part3 for values from (300) to (400)
alter table part detach partition part1
alter table part detach partition partd
drop table partd => alter table part detach partition part1
alter table t set (fillfactor=70)
alter table t set unlogged
alter table du set unlogged
alter table t cluster on t_b
alter table t set without cluster
alter table kid no inherit par
alter table part3 replica identity full
alter table ch disable trigger tr
alter table ch disable trigger all
alter table part disable trigger all
alter table t enable row level security
alter table t alter column c set storage external
alter table t alter column c set statistics 100
alter table t alter column c set (n_distinct=5)
truncate p
truncate ch
truncate t cascade
truncate part
truncate par
truncate only par
lock table part in share mode
lock table t in access share mode
cluster t using t_b
cluster mu using mu_m
analyze t
refresh materialized view mv
insert into t(a) values (1)
insert into ch(id) values (100)
insert into p(id) select a from t where a > 1000
update t set c = 'x'
update p set k = 1
update par set id = 3
delete from ch
delete from t
create trigger x before insert on t for each row execute function trf()
create trigger x after insert on part for each row execute function trf()
create constraint trigger x after insert on t deferrable for each row execute function trf()
drop trigger tr on ch
alter trigger tr on ch rename to x
drop function trf()
drop function trf() cascade
create or replace function trf() returns trigger language plpgsql as 'begin return old; end'
create view x as select * from t
create or replace view tv2 as select id from tv
create materialized view x as select * from ch
drop view tv
drop view tv2
drop view tv cascade
drop materialized view mv
alter view tv rename to x
alter materialized view mv rename to x
alter sequence sq restart
alter sequence sq owned by none
alter sequence sq rename to x
drop sequence sq
drop sequence sq cascade
drop sequence t_id_seq cascade
select setval('sq', 5)
alter domain dom0 add check (value > 0)
alter domain dom0 add constraint x check (value > 0) not valid
alter domain dom0 set not null
alter domain dom drop constraint dom_check
drop domain dom
drop domain dom cascade
drop type mood
drop type mood cascade
alter type mood add value 'c'
alter type mood rename value 'a' to 'z'
drop schema s2
drop schema s2 cascade
alter schema s2 rename to s3
create policy x on t using (true)
create policy x on t using (true) => drop policy x on t
create rule x as on delete to t do instead nothing
comment on table t is 'x'
comment on column t.a is 'x'
comment on index t_b is 'x'
comment on constraint t_pkey on t is 'x'
comment on view tv is 'x'
comment on function trf() is 'x'
grant select on t to public
create statistics x on a, b from t
alter index t_b set (fillfactor=70)
alter table t owner to current_user
alter table t alter column c type text collate "C"
drop view tv cascade; drop materialized view mv => alter table t alter column b type varchar(50) collate "C"
alter table if exists nope add column x int
alter table mu alter column m type mood
alter table t add constraint x exclude using btree (c with =) where (a > 3)
alter table mv rename to x
alter table tv rename to x
alter view tv alter column a set default 3
create table n(p_id bigint); alter table n add foreign key (p_id) references p
create table n(p_id bigint); alter table n rename to m; alter table m add constraint k foreign key (p_id) references p not valid; alter table m validate constraint k
create table n(x int); alter table n add column p_id bigint not null default 1 references p
create table n(p_id bigint); insert into n select id from p; alter table n add foreign key (p_id) references p
create table n as select p_id from t; alter table n add foreign key (p_id) references p
-- From 18 on:
alter table t alter column g set expression as (nn + 2)
alter table part add constraint f foreign key (id) references p(id) not valid
alter table part add unique (k)
alter table ch alter constraint ch_t_id_fkey not enforced
alter table ch alter constraint ch_t_id_fkey not enforced => alter table ch alter constraint ch_t_id_fkey enforced
update part set id = id
alter table t add constraint x not null a not valid
alter table t add constraint x not null a not valid => alter table t validate constraint x
alter table t add constraint x not null a
alter table t add column x int generated always as (nn + 1)
alter table t add constraint f foreign key (a) references sf(id) not enforced
create table n(id int, constraint x foreign key (id) references sf(id) not enforced)
