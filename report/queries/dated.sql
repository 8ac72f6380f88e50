-- one row: how many counted statements there are, and how many of them have no day
select
    coalesce(sum(statements), 0)::bigint as statements,
    coalesce(sum(statements) filter (day is null), 0)::bigint as without_day
from kept_counts
where figure = 'day'
