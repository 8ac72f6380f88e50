-- one row: the size of the whole warehouse
select
    (select count(*) from articles) as articles,
    (select count(*) from statements) as statements,
    (select count(*) from actors) as actors,
    (select count(*) from organizations) as organizations,
    (select min(published_on) from articles) as first_day,
    (select max(published_on) from articles) as last_day
