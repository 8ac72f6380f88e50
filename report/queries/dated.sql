-- one row: how many of the statements that count have a day
select
    coalesce(sum(statements), 0)::bigint as statements,
    coalesce(sum(statements) filter (day is null), 0)::bigint as without_day
from kept_counts
where figure = 'day'
