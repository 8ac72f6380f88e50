-- one row per outlet: the types of its sources; the largest outlets only
select
    coalesce(one, '-') as outlet,
    sum(statements)::bigint as statements,
    coalesce(sum(statements) filter (other in ('person', 'organization')), 0)::bigint as named,
    coalesce(sum(statements) filter (other in ('document', 'collective')), 0)::bigint as other,
    coalesce(sum(statements) filter (other = 'anonymous person'), 0)::bigint as unnamed,
    coalesce(sum(statements) filter (other = 'none'), 0)::bigint as none
from kept_counts
where figure = 'source'
group by 1
order by 2 desc, 1
limit 12
