-- one row a statement: the latest days of the whole warehouse, at most three statements of an article
with ranked as (
    select
        *,
        row_number() over (
            partition by article_id order by (actor_id is null), (kind = 'indirect'), seq_no
        ) as rank_in_article
    from statements
    semi join (from articles where copy_of is null and is_killed is not true) using (article_id)
    where correction is distinct from 'deleted'
)

select
    ranked.article_id,
    ranked.published_on,
    coalesce(actors.name, ranked.source) as speaker,
    actors.actor_id is not null as is_known,
    ranked.role,
    ranked.kind,
    ranked.cue,
    list_aggregate(
        list_transform(
            ranked.content_spans, lambda span: substring(articles.body, span.start + 1, span.end - span.start)
        ),
        'string_agg', ' … '
    ) as content,
    coalesce(articles.outlet, articles.agency) as outlet,
    coalesce(articles.headline, left(articles.body, 300)) as headline
from ranked
join articles using (article_id)
left join actors on actors.actor_id = ranked.actor_id and actors.kind <> 'nobody'
where ranked.rank_in_article <= 3
order by ranked.published_on desc nulls last, ranked.article_id, ranked.seq_no
limit 12
