-- one row per statement from the newest articles, at most three per article
with newest as materialized (  -- at least one article of each of these days has a statement
    select distinct day as published_on
    from kept_counts
    where figure = 'day' and day is not null
    order by day desc
    limit 12
),

-- Rows with a day are found by a join on it, which skips the blocks of other days. Rows without a day come last.
said_then as not materialized (
    select rowid as place, article_id, actor_id, kind, seq_no, published_on
    from statements
    where correction is distinct from 'deleted'
),

printed as materialized (  -- the newest articles with statements; all rows come from these
    select articles.rowid as place, article_id, published_on
    from articles
    semi join newest using (published_on)
    semi join said_then using (article_id, published_on)
    where copy_of is null and is_killed is not true
    union all
    select articles.rowid as place, article_id, published_on
    from articles
    semi join (from said_then where published_on is null) using (article_id)
    where copy_of is null and is_killed is not true and published_on is null
    order by published_on desc nulls last, article_id
    limit 12
),

-- look rows up by rowid: a filter on the id would decompress the long columns of all rows
ranked as materialized (
    select
        place,
        row_number() over (
            partition by article_id order by (actor_id is null), (kind = 'indirect'), seq_no
        ) as rank_in_article
    from (
        from said_then semi join printed using (article_id, published_on)
        union all
        from (from said_then where published_on is null)
        semi join (from printed where published_on is null) using (article_id)
    )
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
join statements as said on said.rowid = ranked.place
join printed using (article_id)
join articles on articles.rowid = printed.place
left join actors on actors.actor_id = said.actor_id and actors.kind <> 'nobody'
where ranked.rank_in_article <= 3
order by said.published_on desc nulls last, said.article_id, said.seq_no
limit 12
