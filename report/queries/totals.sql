-- one row: the size of the warehouse; the counted_ columns leave out killed stories and copies
select
    (select count(*) from articles) as articles,
    (select count(*) from statements) as statements,
    (select count(*) from articles where copy_of is null and is_killed is not true) as counted_articles,
    (select coalesce(sum(statements), 0)::bigint from kept_counts where figure = 'day') as counted_statements,
    (select count(*) from actors) as actors,
    (select count(*) from organizations) as organizations,
    (select min(published_on) from articles) as first_day,
    (select max(published_on) from articles) as last_day
