-- one row per statement from the newest articles, at most three per article
with printed as materialized (  -- the newest articles with statements; all rows come from these
    select rowid as place, article_id
    from articles
    where copy_of is null and is_killed is not true
        and article_id in (select article_id from statements where correction is distinct from 'deleted')
    order by published_on desc nulls last, article_id
    limit 12
),

-- look rows up by rowid: a filter on the id would decompress the long columns of all rows
ranked as materialized (
    select
        rowid as place,
        row_number() over (
            partition by article_id order by (actor_id is null), (kind = 'indirect'), seq_no
        ) as rank_in_article
    from statements
    where correction is distinct from 'deleted' and article_id in (select article_id from printed)
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
