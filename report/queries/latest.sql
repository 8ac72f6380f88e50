-- one row per statement from the newest articles, at most three per article
with newest as materialized (  -- at least one article of each of these days has a statement
    select distinct day as published_on
    from kept_counts
    where figure = 'day' and day is not null
    order by day desc
    limit 12
),

-- the rows of these days and those without a day; the joins on the day skip the blocks of other days
printed_then as not materialized (
    select article_id, published_on, copy_of, is_killed, rowid as place from articles semi join newest using (published_on)
    union all
    select article_id, published_on, copy_of, is_killed, rowid as place from articles where published_on is null
),

said_then as not materialized (
    select *, rowid as place
    from statements
    semi join newest using (published_on)
    where correction is distinct from 'deleted'
    union all
    select *, rowid as place
    from statements
    where published_on is null and correction is distinct from 'deleted'
),

printed as materialized (  -- the newest articles with statements; all rows come from these
    select place, article_id, published_on
    from printed_then
    semi join said_then using (article_id)
    where copy_of is null and is_killed is not true
    order by published_on desc nulls last, article_id
    limit 12
),

-- look rows up by their place: a filter on the id would decompress the long columns of all rows
ranked as materialized (
    select
        place,
        row_number() over (
            partition by article_id order by (actor_id is null), (kind = 'indirect'), seq_no
        ) as rank_in_article
    from said_then
    semi join printed using (article_id)
)

select
    said.article_id,
    said.published_on,
    coalesce(actors.name, said.source) as speaker,
    actors.actor_id is not null as is_known,
    said.role,
    said.kind,
    said.cue,
    list_aggregate(
        list_transform(
            said.content_spans, lambda span: substring(articles.body, span.start + 1, span.end - span.start)
        ),
        'string_agg', ' … '
    ) as content,
    coalesce(articles.outlet, articles.agency) as outlet,
    coalesce(articles.headline, left(articles.body, 300)) as headline
from ranked
join said_then as said on said.place = ranked.place
join printed using (article_id)
join articles on articles.rowid = printed.place
left join actors on actors.actor_id = said.actor_id and actors.kind <> 'nobody'
where ranked.rank_in_article <= 3
order by said.published_on desc nulls last, said.article_id, said.seq_no
limit 12
