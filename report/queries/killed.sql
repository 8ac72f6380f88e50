-- one row per killed story, newest first; its statements are in the tables but in no view
with versions as (
    select a.*, coalesce(s.statements, 0) as statements, a.withdrawal in ('kill_note', 'hold_note') as is_note
    from articles as a
    left join (  -- reads no statements if there are no killed articles
        select article_id, count(*) as statements
        from statements
        semi join (select article_id from articles where is_killed) using (article_id)
        group by article_id
    ) as s using (article_id)
    where a.is_killed
)

select
    story_id,
    max(published_on) as last_day,
    coalesce(any_value(outlet), any_value(agency)) as outlet,
    coalesce(any_value(headline) filter (is_note is not true), any_value(headline), left(any_value(body), 100)) as headline,
    min(withdrawal) as withdrawal,
    count(*) as versions,
    sum(statements)::bigint as statements,
    count(*) over () as stories
from versions
group by story_id
order by last_day desc nulls last, story_id
limit 50
